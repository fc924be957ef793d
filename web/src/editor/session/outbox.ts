// Edits that are not on the server's disk yet, stored in this browser.

/** A client's unconfirmed edits. */
export interface Outbox {
  thread: string
  client: string
  user: string
  /** The revision that pending[0] is based on, and the log's chain there. */
  rev: number
  chain: string
  /** The number of pending[0]. */
  seq: number
  /** CodeMirror ChangeSets as JSON, each based on the one before. */
  pending: unknown[]
  /** The text at rev. Null in a put keeps the text that is stored for that revision, if there is one. */
  base: string | null
  /** When it was last written, Unix milliseconds. */
  at: number
}

/**
 * Where outboxes are stored. Nobody else may send one that is locked: with two
 * senders every edit would be in the log twice. A rejected promise means that this
 * browser stores nothing.
 */
export interface OutboxStore {
  /** lock makes a client's outbox ours until release or the end of this page; false: another page has it. */
  lock(client: string): Promise<boolean>
  release(client: string): void
  list(): Promise<Outbox[]>
  /** put writes an outbox and, in the same transaction, removes the one it replaces. */
  put(box: Outbox, was?: string): Promise<void>
  remove(client: string): Promise<void>
}

/** claim locks the newest free outbox that matches, and returns it; null if there is none. */
export async function claim(store: OutboxStore, matches: (box: Outbox) => boolean): Promise<Outbox | null> {
  const seen = (await store.list()).filter((box) => matches(box) && box.pending.length > 0).sort((a, b) => b.at - a.at)
  for (const { client } of seen) {
    if (!await store.lock(client)) continue
    const box = (await store.list()).find((b) => b.client === client) // the page that had it may have sent it
    if (box && box.pending.length > 0) return box
    store.release(client)
  }
  return null
}
