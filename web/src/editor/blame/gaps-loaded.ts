// Asks the server, once after each loading of the text, where whole lines were deleted
// between the last visit and the text that was loaded. The page itself sees each deletion
// from then on. An answer about a later text might fall into the middle of a deletion
// key by key, where a line is empty and not deleted yet.

import { ChangeSet, type EditorState, type Text, type Transaction } from '@codemirror/state'
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view'
import { ask } from '../../base/api'
import { shownAuthors } from '../../base/visible'
import { blameGiven, entryTaken, type Entry } from '../session/entry'
import { pendingIn } from '../session/peer'
import { gapsGiven, type Gap } from './gaps'
import { nobody, type Author } from './rows'
import { blameOf, revOf } from './state'
import { Visit } from './visit'

const QUIET = 2000 // ms after loading
const AGAIN = 10_000 // ms after a failure

interface Answer { authors: Author[]; lines: [line: number, count: number, rev: number, author: number, at: number, text: string][] }

export const gapsLoaded = (thread: string) => ViewPlugin.fromClass(class {
  private readonly stop = new AbortController()
  private readonly visit = new Visit(thread, Date.now())
  private readonly hidden = (): void => this.visit.goesOn(Date.now())
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked: Asked | null = null
  private since = 0

  constructor(private readonly view: EditorView) {
    document.addEventListener('visibilitychange', this.hidden)
    this.begin()
  }

  update(update: ViewUpdate): void {
    this.asked?.note(update.transactions)
    if (update.transactions.some((tr) => tr.effects.some((e) => e.is(blameGiven)))) this.begin()
  }

  destroy(): void {
    document.removeEventListener('visibilitychange', this.hidden)
    clearTimeout(this.timer)
    this.stop.abort()
  }

  /** begin notes, once there is a text, where the visit begins: what is deleted from then on counts. */
  private begin(): void {
    const rev = revOf(this.view.state)
    if (rev > 0) {
      this.since = this.visit.since(rev)
      this.visit.goesOn(Date.now())
    }
    this.asked = rev > 0 ? new Asked(this.view.state) : null
    this.later(QUIET)
  }

  private later(ms: number): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(), ms)
  }

  private async load(): Promise<void> {
    if (!this.asked && revOf(this.view.state) > 0) this.asked = new Asked(this.view.state)
    const asked = this.asked
    if (!asked) return this.later(QUIET)
    this.visit.goesOn(Date.now())
    try {
      const said = await ask<Answer>(`/api/threads/${thread}/deletions?since=${this.since}&at=${asked.rev}`, { signal: this.stop.signal })
      if (this.stop.signal.aborted || asked !== this.asked) return
      this.asked = null
      this.view.dispatch({ effects: gapsGiven.of(asked.here(said, this.view.state)) })
    } catch {
      if (!this.stop.signal.aborted && asked === this.asked) this.later(AGAIN)
    }
  }
})

/** An Asked is a question about the text that was loaded, which goes on changing. */
class Asked {
  readonly rev: number
  private readonly text: Text
  private readonly entries: Entry[] = []

  constructor(state: EditorState) {
    this.rev = revOf(state)
    this.text = blameOf(state)!.text
  }

  note(transactions: readonly Transaction[]): void {
    for (const tr of transactions) for (const e of tr.effects) if (e.is(entryTaken)) this.entries.push(e.value)
  }

  /** here gives the answer's gaps, the text that they are about, and the changes from that to the text of the state. */
  here({ lines, authors }: Answer, state: EditorState): { gaps: Gap[]; text: Text; since: ChangeSet } {
    const { text } = this
    const people = shownAuthors(authors)
    const since = [...this.entries.map((e) => e.changes), ...pendingIn(state)]
      .reduce((all, c) => all.compose(c), ChangeSet.empty(text.length))
    const gaps = lines.filter(([, , , , , was]) => was.trim()).map(([line, count, , author, at, was]): Gap => {
      const below = line >= text.lines
      return { pos: below ? text.length : text.line(line + 1).from, below, lines: count, author: people[author] ?? nobody.author, at, text: was }
    })
    return { gaps, text, since }
  }
}
