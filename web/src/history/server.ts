// The requests of the history page.

import { ask } from '../base/api'

/** A Key names a moment: the text at rev, with what was deleted since. */
export interface Key { rev: number; since: number }

export interface Person { id: string; name: string; kind: string }

export interface Answered { thread: string; authors: Person[] }

export type SpanRow = [length: number, rev: number, author: number]
export type LineRow = [rev: number, author: number, at: number, submitted: boolean]
export type DeletedRow = [pos: number, text: string, rev: number, author: number]

/** A Moment is the text at rev, with its blame; positions and lengths are UTF-16 units, at is Unix ms. */
export interface Moment {
  thread: string
  title: string
  rev: number
  head: number
  at: number
  author: number
  text: string
  blame: { authors: Person[]; spans: SpanRow[]; lines: LineRow[] }
  deleted?: DeletedRow[]
}

export type StepRow = [from: number, to: number, author: number, start: number, end: number, inserted: number, deleted: number]

export interface Version { name: string; rev: number; by: string; at: number }

export interface TimelineAnswer extends Answered {
  title: string
  head: number
  opened_at: number
  steps: StepRow[]
  versions: Version[]
  ahead?: number
}

export interface Server {
  timeline(): Promise<TimelineAnswer>
  moment(key: Key, signal: AbortSignal): Promise<Moment>
  /** find fetches a moment by a time or a name. */
  find(at: string): Promise<Moment>
  head(): Promise<number>
  restore(user: string, at: number, rev: number): Promise<{ rev: number }>
  name(user: string, rev: number, name: string): Promise<{ rev: number; name: string }>
}

export function server(thread: string): Server {
  const path = `/api/threads/${encodeURIComponent(thread)}`
  return {
    timeline: () => ask(`${path}/timeline`),
    moment: ({ rev, since }, signal) => ask(`${path}/moment?at=${rev}&since=${since}`, { signal }),
    find: (at) => ask(`${path}/moment?at=${encodeURIComponent(at)}`),
    head: async () => {
      const row = await ask<{ rev?: number; revisions: number }>(path)
      return row.rev ?? row.revisions
    },
    restore: (user, at, rev) => ask(`${path}/restore`, { user, body: { at: String(at), rev } }),
    name: (user, rev, name) => ask(`${path}/versions`, { user, body: { rev, name } }),
  }
}
