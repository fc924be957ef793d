// Where whole lines were deleted: since the person last looked, which the
// server tells once after loading, and before one's eyes. A gap stands
// between two lines: at the start of the one below it, or at the text's end.

import { StateEffect, StateField, type Transaction } from '@codemirror/state'
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view'
import { ask } from '../../base/api'
import { blameGiven } from '../session/entry'
import { blameOf, blameState, revOf, waiting } from './state'
import { nobody, type Author } from './rows'
import { Trail } from './trail'
import { Visit } from './visit'

/** A Gap is where whole lines were deleted. */
export interface Gap {
  readonly pos: number
  readonly lines: number
  readonly author: Author
  /** Unix milliseconds. */
  readonly at: number
  /** What stood there, its beginning. */
  readonly text: string
  /** Seen here at this time, Unix milliseconds; 0: the server told. */
  readonly seen: number
}

const QUIET = 2000 // ms after loading
const AGAIN = 10_000 // ms after a failure
const CATCH_UP = 500 // ms

const gapsGiven = StateEffect.define<{ gaps: readonly Gap[]; asked: number }>()

export const gaps = StateField.define<readonly Gap[]>({
  create: () => [],
  update(value, tr) {
    if (tr.effects.some((e) => e.is(blameGiven))) return []
    if (tr.docChanged) value = value.length ? through(value, tr) : value
    const lost = tr.docChanged ? tr.state.field(blameState).lost : null
    if (lost) {
      const seen = Date.now()
      value = [...value, ...lost.gaps.map((g) => ({ pos: g.at, lines: g.lines, text: g.text, author: lost.by.author, at: lost.by.at, seen }))]
    }
    for (const e of tr.effects) {
      // What was seen before the server was asked is in its answer.
      if (e.is(gapsGiven)) value = [...e.value.gaps, ...value.filter((g) => g.seen >= e.value.asked)]
    }
    return value
  },
})

/** through follows gaps through a change; one whose lines are back is none. */
function through(value: readonly Gap[], tr: Transaction): Gap[] {
  const out: Gap[] = []
  for (const g of value) {
    const pos = tr.changes.mapPos(g.pos, -1)
    const touched = tr.changes.touchesRange(g.pos, g.pos)
    if (touched && [pos, pos + 1].some((p) => tr.newDoc.sliceString(p, p + g.text.length) === g.text)) continue
    out.push(pos === g.pos ? g : { ...g, pos })
  }
  return out
}

/** gapsAt are the gaps above a line, and, at the last line, those below it. */
export function gapsAt(all: readonly Gap[], from: number, to: number): { above: Gap[]; below: Gap[] } {
  const above: Gap[] = []
  const below: Gap[] = []
  for (const g of all) {
    if (g.pos === from) above.push(g)
    else if (g.pos > from && g.pos <= to) below.push(g)
  }
  return { above, below }
}

interface Answer { rev: number; authors: Author[]; lines: [line: number, count: number, rev: number, author: number, at: number, text: string][] }

/** gapsLoaded asks the server, once after each loading of the text. */
export const gapsLoaded = (thread: string) => ViewPlugin.fromClass(class {
  private readonly trail = new Trail()
  private readonly stop = new AbortController()
  private timer: ReturnType<typeof setTimeout> | undefined
  private done = false
  private readonly visit = new Visit(thread, Date.now())
  private readonly hidden = (): void => this.visit.goesOn(Date.now())

  constructor(private readonly view: EditorView) {
    document.addEventListener('visibilitychange', this.hidden)
    this.later(QUIET)
  }

  update(update: ViewUpdate): void {
    this.trail.note(update)
    if (!update.transactions.some((tr) => tr.effects.some((e) => e.is(blameGiven)))) return
    this.done = false
    this.later(QUIET)
  }

  destroy(): void {
    document.removeEventListener('visibilitychange', this.hidden)
    clearTimeout(this.timer)
    this.stop.abort()
  }

  private later(ms: number): void {
    clearTimeout(this.timer)
    if (!this.done) this.timer = setTimeout(() => void this.load(), ms)
  }

  private async load(): Promise<void> {
    const b = blameOf(this.view.state)
    if (!b || waiting(b) || !this.trail.begin(this.view.state)) return this.later(QUIET)
    const asked = Date.now()
    const since = this.visit.since(revOf(this.view.state))
    this.visit.goesOn(asked)
    try {
      const said = await ask<Answer>(`/api/threads/${thread}/deletions?since=${since}`, { signal: this.stop.signal })
      // The answer may be ahead of what came by the socket.
      if (!this.trail.since(said.rev)) await new Promise((r) => setTimeout(r, CATCH_UP))
      const then = this.trail.since(said.rev)
      if (!then) return this.later(QUIET)
      this.done = true
      const found = said.lines.map(([line, lines, , author, at, text]): Gap => {
        const pos = line < then.doc.lines ? then.doc.line(line + 1).from : then.doc.length
        return { pos: then.changes.mapPos(pos, -1), lines, author: said.authors[author] ?? nobody.author, at, text, seen: 0 }
      })
      if (!this.stop.signal.aborted) this.view.dispatch({ effects: gapsGiven.of({ gaps: found, asked }) })
    } catch {
      if (!this.stop.signal.aborted) this.later(AGAIN)
    } finally {
      this.trail.end()
    }
  }
})
