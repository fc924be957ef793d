// The server's activity, twenty times a second, and a check of the JSON that
// arrives. Counts are since the frame before.

import { isFields, text, type Fields } from '../base/fields'
import { shownName, shownTitle } from '../base/visible'

export interface Counts { edits: number; deliveries: number; pushes: number }

export interface Frame extends Counts {
  /** Unix milliseconds, by the server's clock. */
  at: number
  connections: number
  threads: number
  /** Once a second, about the last ten. */
  detail: Detail | null
}

export interface Detail {
  /** Milliseconds from an edit's arrival until it is on disk; n: how many edits that is about. */
  ack: { p50: number; p99: number; n: number }
  busiest: { id: string; title: string; edits: number; connections: number }[]
  people: { user: string; edits: number }[]
}

const amount = (v: unknown): number => (typeof v === 'number' && Number.isFinite(v) && v >= 0 ? v : 0)
const each = <T>(v: unknown, f: (m: Fields) => T): T[] => (Array.isArray(v) ? v.filter(isFields).map(f) : [])

/** frameOf reads a frame `activity`; null if it is malformed. */
export function frameOf(m: unknown): Frame | null {
  if (!isFields(m) || m.type !== 'activity' || typeof m.at !== 'number' || !Number.isFinite(m.at)) return null
  return {
    at: m.at,
    connections: amount(m.connections),
    threads: amount(m.threads),
    edits: amount(m.edits),
    deliveries: amount(m.deliveries),
    pushes: amount(m.pushes),
    detail: detailOf(m),
  }
}

function detailOf(m: Fields): Detail | null {
  if (!isFields(m.ack)) return null
  return {
    ack: { p50: amount(m.ack.p50), p99: amount(m.ack.p99), n: amount(m.ack.n) },
    busiest: each(m.busiest, (t) => ({ id: text(t.id), title: shownTitle(text(t.title)), edits: amount(t.edits), connections: amount(t.connections) })),
    people: each(m.people, (p) => ({ user: shownName(text(p.user)), edits: amount(p.edits) })),
  }
}
