// What the log says, as the editor's parts hear of it: effects on the
// transactions that carry it. Revisions count records of the thread from 1,
// times are Unix milliseconds, lengths and positions UTF-16 code units.

import { StateEffect } from '@codemirror/state'

/** An entry of the log, a change or any other record. */
export interface Entry {
  rev: number
  at: number
  user: string
  author: string
  /** A change: made by this very client. Any other record: by this author. */
  own: boolean
  /** Of own changes only: their number. */
  seq?: number
  /** What it is, where it is not simply a change: submitted, renamed, version, redacted, … */
  kind?: string
  /** The new title, of kinds opened and renamed. */
  title?: string
  /** The name given, of kind version. */
  name?: string
  /** The revision that has the name, of kind version. */
  of?: number
  /** First and last line, from 0, of kind submitted. */
  lines?: [number, number]
  /** Of the thread's text after it. */
  length: number
}

/** Who wrote what: spans are [length, revision, author index], lines [revision, author index, time, submitted], one for each piece. */
export interface Blame {
  authors: { id: string; name: string; kind: string }[]
  spans: [number, number, number][]
  lines: [number, number, number, boolean][]
}

/**
 * One log entry was taken in. On the transaction that has the entry's changes
 * where those are of others; on one without changes where it confirms what
 * stands here already, or changes no text. In log order, each exactly once.
 */
export const entryTaken = StateEffect.define<Entry>()

/** The blame of a whole text, on the transaction that sets that text. */
export const blameGiven = StateEffect.define<{ rev: number; blame: Blame }>()
