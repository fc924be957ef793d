// Blame beside the text: for each run of lines that one person changed last, a
// label; for each line, an edge in that person's colour, thicker the newer;
// a tick where a line is finished; a thin mark where lines were deleted.
//
// CodeMirror hides gutters from screen readers. The card (Alt-i) says what this
// one shows, and nothing in it takes the focus.

import { StateEffect, type EditorState, type Extension } from '@codemirror/state'
import { EditorView, gutter, GutterMarker, ViewPlugin, type BlockInfo } from '@codemirror/view'
import { initials } from '../../base/authors'
import { ago, counted, exactly } from '../../base/words'
import { lineAsked } from './asked-line'
import { gapsAt, gapsOf, shortened, type Gap } from './gaps'
import { paletteOf } from './palette'
import { isBlank, type Row } from './rows'
import { labelAt } from './run'
import { rowsOf } from './state'
import { endCard, leaveCard, rest } from './hover'
import { words } from './words-gutter'

export type Shown = 'off' | 'names' | 'times'

const MINUTE = 60_000
const minutePassed = StateEffect.define<null>()

/** What one line shows. Two lines that show the same are equal to CodeMirror. */
interface Face {
  slot: number
  age: 'new' | 'recent' | 'old'
  name: string
  when: string
  title: string
  submitted: boolean
  waits: boolean
  above: string
  below: string
}

class LineMarker extends GutterMarker {
  private readonly key: string

  constructor(private readonly face: Face) {
    super()
    this.key = JSON.stringify(face)
    this.elementClass = 'blame-line'
  }

  override eq(other: LineMarker): boolean { return this.key === other.key }

  override toDOM(): Node {
    const { face } = this
    const line = element('div', `blame a${face.slot} ${face.age}${face.waits ? ' waits' : ''}`)
    if (face.title) line.title = face.title
    if (face.name) {
      line.append(element('span', 'blame-initials', initials(face.name)), element('span', 'blame-name', face.name))
      if (face.when) line.append(element('span', 'blame-when', face.when))
    }
    if (face.submitted) line.append(tick())
    if (face.above) line.append(mark('above', face.above))
    if (face.below) line.append(mark('below', face.below))
    return line
  }
}

/** blameGutter is the gutter. It must come before the line numbers, to be left of them. */
export function blameGutter(shown: Shown): Extension {
  if (shown === 'off') return []
  return [
    gutter({
      class: `cm-blame ${shown === 'times' ? 'with-times' : ''}`,
      lineMarker: (view, block) => faceOf(view.state, block, shown),
      lineMarkerChange: (update) => rowsOf(update.startState) !== rowsOf(update.state)
        || gapsOf(update.startState) !== gapsOf(update.state)
        || update.transactions.some((tr) => tr.effects.some((e) => e.is(minutePassed))),
      domEventHandlers: {
        click: (view, block) => {
          endCard(view, block.from)
          return lineAsked(view, block.from)
        },
        mousemove: (view, block) => rest(view, block.from),
        mouseleave: (view) => leaveCard(view),
      },
    }),
    clock,
  ]
}

function faceOf(state: EditorState, block: BlockInfo, shown: Shown): LineMarker | null {
  const rows = rowsOf(state)
  if (!rows) return null
  const line = state.doc.lineAt(block.from)
  const row = rows.at(line.number - 1)
  const { above, below } = gapsAt(gapsOf(state), line.from, line.to)
  if (isBlank(row) && !above.length && !below.length) return null
  const now = Date.now()
  const label = labelAt(rows, line.number - 1)
  const at = label?.at ?? row.at
  return new LineMarker({
    slot: paletteOf(state).of(row.author.name),
    age: ageOf(row.at, now),
    name: label ? row.author.name : '',
    when: label && shown === 'times' ? ago(at, now) : '',
    title: titleOf(row),
    submitted: row.submitted,
    waits: row.pending,
    above: above.map(gapTitle).join('\n'),
    below: below.map(gapTitle).join('\n'),
  })
}

function ageOf(at: number, now: number): Face['age'] {
  const passed = now - at
  return passed < 60 * MINUTE ? 'new' : passed < 24 * 60 * MINUTE ? 'recent' : 'old'
}

/** titleOf says in words what the tick shows. */
const titleOf = (row: Row): string => (row.submitted ? words.finished : '')

const gapTitle = (g: Gap): string => `${words.deletedBy(counted(words.deleted, g.lines), g.author.name, exactly(g.at))}\n${words.was}: ${shortened(g.text)}`

function element(tag: string, className: string, text = ''): HTMLElement {
  const e = document.createElement(tag)
  e.className = className
  e.textContent = text
  return e
}

function mark(where: string, title: string): HTMLElement {
  const m = element('span', `blame-gap ${where}`)
  m.title = title
  return m
}

function tick(): Element {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'blame-tick')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', words.finished)
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', 'm3 8.5 3.5 3.5L13 4.5')
  svg.append(path)
  return svg
}

/** clock updates the times each minute while the page is visible. */
const clock = ViewPlugin.fromClass(class {
  private readonly timer: ReturnType<typeof setInterval>

  constructor(view: EditorView) {
    this.timer = setInterval(() => { if (!document.hidden) view.dispatch({ effects: minutePassed.of(null) }) }, MINUTE)
  }

  destroy(): void { clearInterval(this.timer) }
})
