// Requests the server about the lines in sight whose blame is in doubt, after a
// moment's quiet, and puts what it says in the place of what was guessed.

import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view'
import type { ChangeDesc, Text } from '@codemirror/state'
import { ask } from '../../base/api'
import { blameOf, blameState, revOf, rowsCorrected, waiting } from './state'
import { nobody, type Author, type Row } from './rows'
import { Trail } from './trail'

const QUIET = 1500 // ms without a change before asking
const MOST = 6000 // ms to wait for quiet where there is none
const AGAIN = 5000 // ms after a failure
const SOON = 300 // ms, where an own edit was under way
const MARGIN = 100 // lines above and below those in sight

interface Answer { rev: number; total: number; authors: Author[]; lines: [rev: number, author: number, at: number, submitted: boolean, id: string][] }

/** corrections of the blame of a thread. */
export const corrections = (thread: string) => ViewPlugin.fromClass(class {
  private readonly trail = new Trail()
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly stop = new AbortController()
  private asking = false
  private waits = 0 // since when, Unix ms; 0: nothing is in doubt

  constructor(private readonly view: EditorView) { this.later(QUIET) }

  update(update: ViewUpdate): void {
    this.trail.note(update)
    if (update.docChanged || update.viewportChanged || update.startState.field(blameState) !== update.state.field(blameState)) this.later(QUIET)
  }

  destroy(): void {
    clearTimeout(this.timer)
    this.stop.abort()
  }

  private later(ms: number): void {
    clearTimeout(this.timer)
    if (!this.doubtful()) this.waits = 0
    else if (!this.asking) {
      this.waits ||= Date.now()
      this.timer = setTimeout(() => void this.correct(), Math.max(0, Math.min(ms, this.waits + MOST - Date.now())))
    }
  }

  /** doubtful are the lines to ask about, from 0, the second not included. */
  private doubtful(): [from: number, to: number] | null {
    const b = blameOf(this.view.state)
    if (!b) return null
    const { doc } = this.view.state
    const { from, to } = this.view.viewport
    const first = Math.max(0, doc.lineAt(from).number - 1 - MARGIN)
    const last = Math.min(doc.lines, doc.lineAt(to).number + MARGIN)
    return b.rows.doubtful(first, last) ? [first, last] : null
  }

  private async correct(): Promise<void> {
    const range = this.doubtful()
    const { state } = this.view
    const b = blameOf(state)
    if (!range || !b) return
    this.waits = Date.now()
    if (waiting(b) || !this.trail.begin(state)) return this.later(SOON)
    this.asking = true
    let wait = QUIET
    try {
      const [from, to] = range
      const said = await ask<Answer>(`/api/threads/${thread}/lines?at=${revOf(state)}&from=${from}&to=${to}`, { signal: this.stop.signal })
      const since = this.trail.since(said.rev)
      if (since && said.total === since.doc.lines) {
        const rows = said.lines.map(([rev, author, at, submitted]): Row =>
          ({ ...nobody, author: said.authors[author] ?? nobody.author, rev, at, submitted }))
        const found = untouched(rows, from, since.doc, since.changes, this.view.state.doc)
        if (found.length) this.view.dispatch({ effects: rowsCorrected.of(found) })
      } else wait = AGAIN
    } catch {
      if (this.stop.signal.aborted) return
      wait = AGAIN // not connected, most likely: what was guessed stands until then
    } finally {
      this.asking = false
      this.trail.end()
    }
    this.later(wait)
  }
})

/**
 * untouched gives the rows of those lines of before, the first of them at
 * index from, that changes left alone, each with where it is in after.
 */
export function untouched(rows: readonly Row[], from: number, before: Text, changes: ChangeDesc, after: Text): { line: number; row: Row }[] {
  const out: { line: number; row: Row }[] = []
  for (let i = 0; i < rows.length && from + i < before.lines; i++) {
    const { from: start, to: end } = before.line(from + i + 1)
    if (changes.touchesRange(start, end)) continue
    out.push({ line: after.lineAt(changes.mapPos(start, 1)).number - 1, row: rows[i]! })
  }
  return out
}
