// Since when deletions are of interest: since this browser last showed the
// thread, before the visit that goes on now. Loading the page again, or coming
// back within the hour, is the same visit, or the marks would be gone with it.

import { seen } from '../../base/seen'

const KEY = 'parodywave.visit.'
const ABSENT = 3_600_000 // ms, after which a visit is a new one

interface Kept { since: number; last: number }

/** A Visit of this browser to a thread. Times are Unix milliseconds. */
export class Visit {
  private from: number | null

  /** To be made when the page opens, before what it shows counts as looked at. */
  constructor(private readonly thread: string, now: number) {
    const kept = read(thread)
    this.from = kept && now - kept.last < ABSENT ? kept.since : seen(thread)
  }

  /** since is the revision looked at last before this visit; on the first, the one it began at, which is head. */
  since(head: number): number { return this.from ??= head }

  /** goesOn tells that somebody is still here. */
  goesOn(now: number): void {
    if (this.from === null) return
    try { localStorage.setItem(KEY + this.thread, JSON.stringify({ since: this.from, last: now })) } catch { /* every loading is a visit, then */ }
  }
}

function read(thread: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY + thread) ?? 'null') as Kept | null
    return kept && typeof kept.last === 'number' && typeof kept.since === 'number' ? kept : null
  } catch { return null } // forbidden, or of another version of the page
}
