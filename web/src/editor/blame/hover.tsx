// The card over the gutter: who changed a line last and when, its words by
// author, and what it was before. It opens where the pointer rests in the
// gutter, or by Alt-i at the caret; then it takes the focus, and Escape returns
// it to the text.

import { Facet, StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { EditorView, repositionTooltips, showTooltip, ViewPlugin, type Command, type Tooltip, type TooltipView } from '@codemirror/view'
import { render } from 'preact'
import { lineAsked } from './asked-line'
import { paletteOf } from './palette'
import type { CardSource } from './card'

export type { CardSource } from './card'

const IDLE = 2000 // ms until the card's code is loaded, so that it works without a connection later
const drawing = (): Promise<typeof import('./card')> => import('./card')

const DWELL = 300 // ms that the pointer must rest
const GRACE = 200 // ms to move from the gutter onto the card

interface Open { pos: number; keys: boolean }

const set = StateEffect.define<Open | null>()

const sessions = Facet.define<CardSource, CardSource | null>({ combine: (given) => given[0] ?? null })

const opened = StateField.define<Tooltip & Open | null>({
  create: () => null,
  update(value, tr) {
    for (const e of tr.effects) if (e.is(set)) return e.value && tooltip(e.value)
    if (!value || !tr.docChanged) return value
    const line = tr.startState.doc.lineAt(value.pos)
    // Once its line changes, the card is out of date.
    if (tr.changes.touchesRange(line.from, line.to)) return null
    return { ...value, pos: tr.changes.mapPos(value.pos, 1) }
  },
  provide: (field) => showTooltip.from(field),
})

function tooltip(open: Open): Tooltip & Open {
  return { ...open, above: true, create: (view) => cardView(view, open) }
}

function cardView(view: EditorView, open: Open): TooltipView {
  const dom = document.createElement('div')
  dom.className = 'blame-card'
  dom.addEventListener('mouseenter', () => view.plugin(pointer)?.stay())
  dom.addEventListener('mouseleave', () => { if (!open.keys) view.plugin(pointer)?.leave() })
  dom.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape') return
    e.preventDefault()
    e.stopPropagation()
    hideCard(view)
  })
  const session = view.state.facet(sessions)
  let gone = false
  if (session) {
    const onHistory = (): void => {
      const pos = view.state.field(opened)?.pos ?? open.pos
      hideCard(view)
      lineAsked(view, pos, open.keys)
    }
    drawing().then(({ Card }) => {
      if (gone) return
      render(<Card session={session} palette={paletteOf(view.state)} view={view} pos={open.pos} focus={open.keys}
        drawn={() => repositionTooltips(view)} onHistory={onHistory} />, dom)
      if (open.keys) dom.querySelector<HTMLElement>('[role=dialog]')?.focus()
    }, () => hideCard(view))
  }
  return { dom, destroy: () => { gone = true; render(null, dom) } }
}

/** pointer opens the card when the mouse rests on a line of the gutter. */
const pointer = ViewPlugin.fromClass(class {
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly fetching: ReturnType<typeof setTimeout>
  private line = -1

  constructor(private readonly view: EditorView) {
    this.fetching = setTimeout(() => { drawing().catch(() => { /* tried again when it is wanted */ }) }, IDLE)
  }

  rest(pos: number): void {
    const line = this.view.state.doc.lineAt(pos).from
    const open = this.view.state.field(opened)
    if (open && open.pos === line) return this.stay()
    if (line === this.line) return
    this.line = line
    clearTimeout(this.timer)
    // From one card to the next the wait is shorter.
    this.timer = setTimeout(() => this.view.dispatch({ effects: set.of({ pos: Math.min(line, this.view.state.doc.length), keys: false }) }), open ? GRACE : DWELL)
  }

  leave(): void {
    this.line = -1
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const open = this.view.state.field(opened)
      if (open && !open.keys) this.view.dispatch({ effects: set.of(null) })
    }, GRACE)
  }

  stay(): void { clearTimeout(this.timer) }

  /** enough closes the card over a line until the pointer has left that line. */
  enough(pos: number): void {
    this.line = this.view.state.doc.lineAt(pos).from
    clearTimeout(this.timer)
    hideCard(this.view)
  }

  destroy(): void {
    clearTimeout(this.timer)
    clearTimeout(this.fetching)
  }
})

/** card is the extension. */
export const card = (session: CardSource): Extension => [sessions.of(session), opened, pointer]

/** rest is called when the pointer moves over the gutter beside a position. */
export function rest(view: EditorView, pos: number): boolean {
  if (matchMedia('(hover: hover)').matches) view.plugin(pointer)?.rest(pos)
  return false
}

export function leaveCard(view: EditorView): boolean {
  view.plugin(pointer)?.leave()
  return false
}

/** endCard closes the card after a click, which opens the history. */
export const endCard = (view: EditorView, pos: number): void => view.plugin(pointer)?.enough(pos)

/** openCard is the command that opens the card for the caret's line. */
export const openCard: Command = (view) => {
  const { head } = view.state.selection.main
  view.dispatch({ effects: [EditorView.scrollIntoView(head), set.of({ pos: view.state.doc.lineAt(head).from, keys: true })] })
  return true
}

/** hideCard closes the card, if there is one, and gives the focus back. */
export const hideCard: Command = (view) => {
  if (!cardOpen(view.state)) return false
  const inside = document.activeElement?.closest('.blame-card')
  view.dispatch({ effects: set.of(null) })
  if (inside) view.focus()
  return true
}

const cardOpen = (state: EditorState): boolean => state.field(opened, false) != null
