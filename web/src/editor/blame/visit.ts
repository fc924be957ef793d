// Which deletions to mark: those since this browser last showed the thread,
// before the present visit. Reloading the page or coming back within the hour
// continues the visit, or the marks would vanish with it.

import { seen } from '../../base/seen'

const KEY = 'parodywave.visit.'
const ABSENT = 3_600_000 // ms without a look that end a visit

interface Kept { since: number; last: number }

/** A Visit of this browser to a thread. Times are Unix milliseconds. */
export class Visit {
  private from: number | null

  /** Must be made before the page marks the thread as seen. */
  constructor(private readonly thread: string, now: number) {
    const kept = read(thread)
    this.from = kept && now - kept.last < ABSENT ? kept.since : seen(thread)
  }

  /** since is the last revision seen before this visit; on the first visit it is head, where the visit began. */
  since(head: number): number { return this.from ??= head }

  /** goesOn continues the visit. */
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
