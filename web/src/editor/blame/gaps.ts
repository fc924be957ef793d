// Where whole lines were deleted: before this page was loaded, as the server says
// (gaps-loaded.ts), and since. Both are one change, from a text that has the lines to
// the text here, so that it does not matter how and when they went. A gap stands
// between two lines: above one of them, or below the last one.

import { ChangeSet, StateEffect, StateField, type EditorState, type Text, type Transaction } from '@codemirror/state'
import { blameGiven, entryTaken, type Entry } from '../session/entry'
import { lost, movedBy } from './lost'
import { nobody, type Author } from './rows'
import { authorOf, whoami } from './state'

/** A Gap is where whole lines were deleted. */
export interface Gap {
  /** The start of the line below it, or the end of the text. */
  readonly pos: number
  /** It is below the last line. */
  readonly below: boolean
  readonly lines: number
  readonly author: Author
  /** Unix milliseconds. */
  readonly at: number
  /** The beginning of what stood there. */
  readonly text: string
}

const REMEMBERED = 400 // UTF-16 units of deleted lines
const SCARS = 200
const MOVED = 400
const CHANGES = 300 // ranges of change, above which the gaps so far count as the server's

/** Somebody deleted text there. */
interface Scar { readonly pos: number; readonly author: Author; readonly at: number }

/** Gaps are what the changes since a text have deleted. */
interface Gaps {
  readonly base: Text
  readonly since: ChangeSet
  readonly scars: readonly Scar[]
  /** Lines that a change since then moved. */
  readonly moved: readonly string[]
}

/** gapsGiven brings the server's gaps, the text that they are about, and the changes since. */
export const gapsGiven = StateEffect.define<{ gaps: readonly Gap[]; text: Text; since: ChangeSet }>()

const fresh = (base: Text): Gaps => ({ base, since: ChangeSet.empty(base.length), scars: [], moved: [] })

export const gaps = StateField.define<Gaps>({
  create: (state) => fresh(state.doc),
  update(value, tr) {
    if (tr.effects.some((e) => e.is(blameGiven))) return fresh(tr.newDoc)
    if (tr.docChanged) value = after(value, tr)
    for (const e of tr.effects) {
      if (!e.is(gapsGiven)) continue
      const { text, since } = e.value
      const { base, since: gone, scars } = opened(text, e.value.gaps.filter((g) => !isBack(g, text)))
      value = { ...value, base, since: gone.compose(since), scars: [...scars.map((s) => ({ ...s, pos: since.mapPos(s.pos, -1) })), ...value.scars] }
    }
    return value
  },
})

/** opened is a text with these gaps: a base that has their lines, which are deleted since. */
function opened(text: Text, all: readonly Gap[]): Gaps {
  const lines = (g: Gap): string => g.text + '\n'.repeat(Math.max(0, g.lines - g.text.split('\n').length)) // the text may be cut
  const back = ChangeSet.of(all.map((g) => ({ from: g.pos, insert: g.below ? `\n${lines(g)}` : `${lines(g)}\n` })), text.length)
  return { base: back.apply(text), since: back.invert(text), scars: all.map(({ pos, author, at }) => ({ pos, author, at })), moved: [] }
}

const found = new WeakMap<Gaps, readonly Gap[]>()
const none: readonly Gap[] = []

/** gapsOf are the gaps of a state. Two states without any have the same. */
export function gapsOf(state: EditorState): readonly Gap[] {
  const value = state.field(gaps, false)
  if (!value) return none
  let all = found.get(value)
  if (!all) {
    all = seen(value, state.doc)
    if (all.length === 0) all = none
    found.set(value, all)
  }
  return all
}

function seen({ base, since, scars, moved }: Gaps, doc: Text): Gap[] {
  return lost(since, base, moved).map(({ from, to, behind, lines, text }) => {
    const scar = scars.findLast((s) => s.pos >= from && s.pos <= to)
    return { ...placeOf(scar?.pos ?? from, behind, doc), lines, text: text.slice(0, REMEMBERED), author: scar?.author ?? nobody.author, at: scar?.at ?? 0 }
  })
}

/** placeOf is the place of lines that stood at a position, or behind its line. */
function placeOf(pos: number, behind: boolean, doc: Text): Pick<Gap, 'pos' | 'below'> {
  const line = doc.lineAt(pos)
  if (pos === line.from && !behind) return { pos, below: false }
  return line.number < doc.lines ? { pos: line.to + 1, below: false } : { pos: doc.length, below: true }
}

function after({ base, since, scars, moved }: Gaps, tr: Transaction): Gaps {
  const entry = tr.effects.find((e) => e.is(entryTaken))?.value as Entry | undefined
  const by = { author: entry ? authorOf(entry) : tr.startState.facet(whoami)(), at: entry?.at ?? Date.now() }
  const next = {
    base, since: since.compose(tr.changes),
    scars: [...scars.map((s) => ({ ...s, pos: tr.changes.mapPos(s.pos, -1) })), ...scarsOf(since, tr).map((pos) => ({ pos, ...by }))].slice(-SCARS),
    moved: [...moved, ...movedBy(tr.changes, tr.startState.doc)].slice(-MOVED),
  }
  let ranges = 0
  next.since.iterChangedRanges(() => { ranges++ })
  return ranges <= CHANGES ? next : opened(tr.newDoc, seen(next, tr.newDoc))
}

/** scarsOf are the places where a transaction deletes text of the base. */
function scarsOf(since: ChangeSet, tr: Transaction): number[] {
  const deleted: { from: number; to: number; at: number }[] = []
  tr.changes.iterChanges((from, to, at) => { if (from < to) deleted.push({ from, to, at }) })
  if (deleted.length === 0) return []
  const stands = new Set<number>()
  since.iterGaps((_pos, pos, length) => {
    for (const d of deleted) if (d.from < pos + length && pos < d.to) stands.add(d.at)
  })
  return [...stands]
}

/** isBack reports that a gap's lines stand there again, below or above it. */
const isBack = ({ pos, text }: Gap, doc: Text): boolean =>
  [pos, pos + 1, pos - text.length - 1].some((p) => p >= 0 && doc.sliceString(p, p + text.length) === text)

/** shortened is the beginning of deleted lines, as a hint shows it. */
export function shortened(text: string): string {
  const lines = text.split('\n')
  const shown = lines.slice(0, 5).map((line) => (line.length > 80 ? `${line.slice(0, 79)}…` : line))
  return [...shown, ...(lines.length > 5 ? ['…'] : [])].join('\n')
}

/** gapsAt are the gaps above a line, and those below it. */
export function gapsAt(all: readonly Gap[], from: number, to: number): { above: Gap[]; below: Gap[] } {
  const above: Gap[] = []
  const below: Gap[] = []
  for (const g of all) {
    if (g.pos === from && !g.below) above.push(g)
    else if (g.pos >= from && g.pos <= to) below.push(g)
  }
  return { above, below }
}
