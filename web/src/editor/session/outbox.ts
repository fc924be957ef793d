// What was typed here and is not on disk at the server, kept in this browser.

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
  /** The text at rev. Null when it is put: what is stored for that revision stays, if there is any. */
  base: string | null
  /** When it was last written, Unix milliseconds. */
  at: number
}

/**
 * Where outboxes are kept. One that is locked is nobody else's to send: with two
 * senders every edit would be there twice. A rejection means that this browser
 * keeps nothing.
 */
export interface OutboxStore {
  /** hold makes a client's outbox ours until release, or the end of this page; false: it is somebody else's. */
  hold(client: string): Promise<boolean>
  release(client: string): void
  list(): Promise<Outbox[]>
  /** put writes an outbox and, in the same instant, removes the one it replaces. */
  put(box: Outbox, was?: string): Promise<void>
  remove(client: string): Promise<void>
}

/** claim holds the newest free outbox among those that match; null: there is none. */
export async function claim(store: OutboxStore, matches: (box: Outbox) => boolean): Promise<Outbox | null> {
  const seen = (await store.list()).filter((box) => matches(box) && box.pending.length > 0).sort((a, b) => b.at - a.at)
  for (const { client } of seen) {
    if (!await store.hold(client)) continue
    const box = (await store.list()).find((b) => b.client === client) // whoever held it may have sent it
    if (box && box.pending.length > 0) return box
    store.release(client)
  }
  return null
}
