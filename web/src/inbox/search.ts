// Finding threads by title.

import { keys, leads, onlyLeads } from './letters'
import { byActivity, type Row } from '../base/row'

/** A Sought title is prepared once, not for every key. */
interface Sought { keys: string; leads: string }
const taken = new Map<string, Sought>()

function sought(title: string): Sought {
  let s = taken.get(title)
  if (!s) {
    if (taken.size > 20_000) taken.clear()
    s = { keys: keys(title), leads: leads(title) }
    taken.set(title, s)
  }
  return s
}

const PASSES = 3 // of a title: how well it fits, 0 is best

function rank(title: string, query: string, words: { plain: string; leads: string | null }[]): number | null {
  const s = sought(title)
  for (const w of words) {
    if (!s.keys.includes(w.plain) && !(w.leads && s.leads.includes(w.leads))) return null
  }
  return s.keys === query ? 0 : s.keys.startsWith(query) ? 1 : PASSES - 1
}

/**
 * search gives the rows whose title has every word of the query: the title
 * itself first, then those that begin with it, then the rest; newest first in each.
 */
export function search(rows: Iterable<Row>, query: string): Row[] {
  const words = query.trim().split(/\s+/u).filter(Boolean)
    .map((w) => ({ plain: keys(w), leads: onlyLeads(w) ? w : null }))
  const whole = keys(query.trim())
  const groups: Row[][] = Array.from({ length: PASSES }, () => [])
  for (const row of rows) {
    const n = words.length === 0 ? 0 : rank(row.title, whole, words)
    if (n !== null) groups[n]?.push(row)
  }
  return groups.flatMap((g) => g.sort(byActivity))
}

/** named is the newest thread with exactly this title, ignoring case. */
export const named = (rows: Iterable<Row>, title: string): Row | null => {
  const whole = keys(title.trim())
  if (!whole) return null
  return [...rows].filter((r) => keys(r.title) === whole).sort(byActivity)[0] ?? null
}

/**
 * held keeps rows in their order while the person points at them, so that no
 * click lands on a row that has just moved there. New rows come at the end.
 */
export function held(rows: Row[], order: readonly string[]): Row[] {
  const place = new Map(order.map((id, i) => [id, i]))
  const at = (r: Row): number => place.get(r.id) ?? order.length
  return rows.map((r, i) => [r, i] as const).sort(([a, i], [b, j]) => at(a) - at(b) || i - j).map(([r]) => r)
}
