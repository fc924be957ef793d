// What was typed here and is not on disk at the server, kept in this browser.

/** A client's unconfirmed edits. */
export interface Outbox {
  thread: string
  client: string
  user: string
  /** The revision and chain that pending[0] is based on. */
  rev: number
  chain: string
  /** The number of pending[0]. */
  seq: number
  /** CodeMirror ChangeSets as JSON, each based on the one before. */
  pending: unknown[]
  /** The text at rev, where it is kept too. */
  base: string | null
  /** When it was last written, Unix milliseconds. */
  at: number
}

/** Where outboxes are kept. An outbox that is held is nobody else's to touch. */
export interface OutboxStore {
  /** hold makes a client's outbox ours until release or the end of the page; false: somebody else's. */
  hold(client: string): Promise<boolean>
  release(client: string): void
  list(): Promise<Outbox[]>
  put(box: Outbox, was?: string): Promise<void>
  remove(client: string): Promise<void>
}
