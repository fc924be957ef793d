// The course of a thread, from the server: steps, each the work of one author
// without a pause, and the named moments.

import type { Person, TimelineAnswer, Version } from './server'

/** A Step is the records from…to, inclusive; start and end are Unix ms; inserted and deleted UTF-16 units. */
export interface Step {
  from: number
  to: number
  author: number
  start: number
  end: number
  inserted: number
  deleted: number
}

export interface Timeline {
  thread: string
  title: string
  head: number
  openedAt: number
  authors: Person[]
  steps: Step[]
  versions: Version[]
  /** How far the newest record's time is ahead of the server's clock, in ms; 0 if it is not. */
  ahead: number
}

export function timelineOf(a: TimelineAnswer): Timeline {
  const steps = a.steps.map(([from, to, author, start, end, inserted, deleted]) => ({ from, to, author, start, end, inserted, deleted }))
  const versions = [...a.versions].sort((x, y) => x.rev - y.rev)
  return { thread: a.thread, title: a.title, head: a.head, openedAt: a.opened_at, authors: a.authors, steps, versions, ahead: a.ahead ?? 0 }
}

/** indexOf is the index of the one of ascending spans that has n; of the nearest one where none has it. */
export function indexOf(spans: readonly { readonly to: number }[], n: number): number {
  let low = 0
  let high = spans.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.to < n) low = middle + 1
    else high = middle
  }
  return low
}

/** versionAt is the last name given to the revision, if any. */
export const versionAt = (versions: readonly Version[], rev: number): Version | undefined => versions.findLast((v) => v.rev === rev)
