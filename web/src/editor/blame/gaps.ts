// Where whole lines were deleted: since the person last looked, which the server
// says once after loading, and while they watch. A gap stands between two lines:
// at the start of the one below it, or at the text's end.

import { StateEffect, StateField, type ChangeSet, type EditorState, type Text, type Transaction } from '@codemirror/state'
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view'
import { ask } from '../../base/api'
import { blameGiven, entryTaken, type Entry } from '../session/entry'
import { pendingIn } from '../session/peer'
import { nobody, type Author } from './rows'
import { authorOf, blameOf, revOf, whoami } from './state'
import { Visit } from './visit'

/** A Gap is where whole lines were deleted. */
export interface Gap {
  readonly pos: number
  readonly lines: number
  readonly author: Author
  /** Unix milliseconds. */
  readonly at: number
  /** The beginning of what stood there. */
  readonly text: string
  /** When it was seen here, Unix milliseconds; 0: the server said it. */
  readonly seen: number
}

const REMEMBERED = 400 // UTF-16 units of deleted lines
const QUIET = 2000 // ms after loading
const AGAIN = 10_000 // ms after a failure
const CATCH_UP = 500 // ms, where the answer is ahead of the entries

const gapsGiven = StateEffect.define<{ gaps: readonly Gap[]; asked: number }>()

export const gaps = StateField.define<readonly Gap[]>({
  create: () => [],
  update(value, tr) {
    if (tr.effects.some((e) => e.is(blameGiven))) return []
    if (tr.docChanged) {
      const left = gapsOf(tr)
      if (value.length + left.length > 0) value = [...through(value, tr), ...left]
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

/** gapsOf are the gaps that a transaction leaves. */
function gapsOf(tr: Transaction): Gap[] {
  const seen = Date.now()
  const entry = tr.effects.find((e) => e.is(entryTaken))?.value as Entry | undefined
  const author = entry ? authorOf(entry) : tr.startState.facet(whoami)()
  return lost(tr.changes, tr.startState.doc, tr.newDoc).map(({ pos, texts }) =>
    ({ pos, lines: texts.length, text: texts.join('\n').slice(0, REMEMBERED), author, at: entry?.at ?? seen, seen }))
}

/** lost are the lines that changes delete whole and put nowhere else, blank ones left out: for each deletion their texts and where they stood. */
export function lost(changes: ChangeSet, before: Text, after: Text): { pos: number; texts: string[] }[] {
  const out: { pos: number; texts: string[] }[] = []
  const put: string[] = []
  changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
    for (const text of inserted.iterLines()) put.push(text)
    const first = before.lineAt(fromA)
    if (toA <= first.to) return
    const texts: string[] = []
    for (let { number } = first; number <= before.lines && before.line(number).to <= toA; number++) {
      const { from, text } = before.line(number)
      if (from >= fromA && text.trim()) texts.push(text)
    }
    const line = after.lineAt(fromB)
    out.push({ pos: fromA === first.from ? line.from : Math.min(line.to + 1, after.length), texts })
  })
  const moved = (text: string): boolean => {
    const i = put.indexOf(text)
    if (i >= 0) put.splice(i, 1)
    return i >= 0
  }
  return out.map(({ pos, texts }) => ({ pos, texts: texts.filter((text) => !moved(text)) })).filter(({ texts }) => texts.length > 0)
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
  private readonly stop = new AbortController()
  private readonly visit = new Visit(thread, Date.now())
  private readonly hidden = (): void => this.visit.goesOn(Date.now())
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked: Asked | null = null

  constructor(private readonly view: EditorView) {
    document.addEventListener('visibilitychange', this.hidden)
    this.later(QUIET)
  }

  update(update: ViewUpdate): void {
    this.asked?.note(update.transactions)
    if (update.transactions.some((tr) => tr.effects.some((e) => e.is(blameGiven)))) this.later(QUIET)
  }

  destroy(): void {
    document.removeEventListener('visibilitychange', this.hidden)
    clearTimeout(this.timer)
    this.stop.abort()
  }

  private later(ms: number): void {
    this.asked = null
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), ms)
  }

  private async load(): Promise<void> {
    const rev = revOf(this.view.state)
    if (rev === 0) return this.later(QUIET)
    const asked = this.asked = new Asked(this.view.state)
    const now = Date.now()
    const since = this.visit.since(rev)
    this.visit.goesOn(now)
    try {
      const said = await ask<Answer>(`/api/threads/${thread}/deletions?since=${since}`, { signal: this.stop.signal })
      if (revOf(this.view.state) < said.rev) await new Promise((r) => setTimeout(r, CATCH_UP))
      if (this.stop.signal.aborted || asked !== this.asked) return
      if (revOf(this.view.state) < said.rev) return this.later(QUIET)
      this.asked = null
      const found = said.lines.map(([line, lines, , author, at, text]): Gap =>
        ({ pos: asked.here(said.rev, line, this.view.state), lines, author: said.authors[author] ?? nobody.author, at, text, seen: 0 }))
      this.view.dispatch({ effects: gapsGiven.of({ gaps: found, asked: now }) })
    } catch {
      if (!this.stop.signal.aborted && asked === this.asked) this.later(AGAIN)
    }
  }
})

/** An Asked is a question under way: the answer is about one of the log's texts since, and the text goes on changing. */
class Asked {
  private readonly text: Text
  private readonly entries: Entry[] = []

  constructor(state: EditorState) { this.text = blameOf(state)!.text }

  note(transactions: readonly Transaction[]): void {
    for (const tr of transactions) for (const e of tr.effects) if (e.is(entryTaken)) this.entries.push(e.value)
  }

  /** here is the start of a line of the log's text at rev, in the text of the state. */
  here(rev: number, line: number, state: EditorState): number {
    const text = this.entries.filter((e) => e.rev <= rev).reduce((t, e) => e.changes.apply(t), this.text)
    const pos = line < text.lines ? text.line(line + 1).from : text.length
    const since = [...this.entries.filter((e) => e.rev > rev).map((e) => e.changes), ...pendingIn(state)]
    return since.reduce((p, c) => c.mapPos(p, -1), pos)
  }
}
