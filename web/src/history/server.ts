// What the history asks of the server, and what it tells it.

import { ask } from '../base/api'
import type { Key } from './moments'
import type { Moment } from './moment'
import type { TimelineAnswer } from './timeline'

export interface Server {
  timeline(): Promise<TimelineAnswer>
  moment(key: Key, signal: AbortSignal): Promise<Moment>
  /** find asks for a moment by what only the server understands: a time, a name. */
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
