// What the log says. The editor's parts hear of it through effects on the
// transactions that bring it. Revisions count a thread's records from 1, times
// are Unix milliseconds, lengths and positions UTF-16 code units.

import { StateEffect, type ChangeSet, type Text } from '@codemirror/state'

/** An entry of the log: a change, or a record of another kind. */
export interface LogEntry {
  rev: number
  at: number
  user: string
  author: string
  /** On the log's text before this entry; empty for a record that changes no text. */
  changes: ChangeSet
  /** The client that made a change, and the change's number there. */
  client: string | null
  seq: number
  /** Null for a change; else submitted, renamed, version, redacted, … */
  kind: string | null
  /** The new title, of kind renamed. */
  title?: string
  /** The name given, of kind version. */
  name?: string
  /** The revision that has the name, of kind version. */
  of?: number
  /** First and last line, from 0, of kind submitted. */
  lines?: [number, number]
  /** What to splice into the rows of blame, where the entry does more than stamp the lines it edits. */
  rows?: RowSplice[]
}

/** In place of `removed` rows from `line` on stand these: revision, author id, time, submitted. */
export type RowSplice = [line: number, removed: number, rows: [rev: number, author: string, at: number, submitted: boolean][]]

/** An entry as the editor takes it in. */
export interface Entry extends LogEntry {
  /** A change: made by this very client. Another record: by this author. */
  own: boolean
}

/** Who wrote what: spans are [length, revision, author index], lines [revision, author index, time, submitted], one for each line. */
export interface Blame {
  authors: { id: string; name: string; kind: string }[]
  spans: [number, number, number][]
  lines: [number, number, number, boolean][]
}

/**
 * entryTaken says that the editor took one log entry in. It is on the
 * transaction with the entry's changes if these are others'; on one without
 * changes if the entry confirms text that is here already or changes none. Each
 * entry comes exactly once, in the log's order.
 */
export const entryTaken = StateEffect.define<Entry>()

/** blameGiven brings the blame of a whole text, on the transaction that sets that text. */
export const blameGiven = StateEffect.define<{ rev: number; text: Text; blame: Blame }>()
