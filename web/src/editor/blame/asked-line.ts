// The line whose history is shown: followed through changes, and highlighted in
// the text while the history is open.

import { Facet, StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView } from '@codemirror/view'
import type { Palette } from '../../base/authors'
import { paletteOf } from './palette'
import { isWaiting, revOf } from './state'

/** A LineRef is a line of the text here. Each request for a history makes a new one. */
export interface LineRef {
  /** Tells requests apart. */
  readonly key: number
  readonly palette: Palette
  /** now is the line's index, from 0, in the present text; null if another line was requested since, or after over. */
  now(): number | null
  /** logged is the line's index, from 0, in the text of a revision; null while edits made here are not in the log. */
  logged(): { rev: number; line: number } | null
  /** Requested by a key: the history takes the focus. */
  readonly keys: boolean
  /** over ends the highlight; with focus, the text is focused. */
  over(focus: boolean): void
}

/** showLine functions are called when somebody requests the history of a line. */
export const showLine = Facet.define<(line: LineRef) => void>()

interface Asked { key: number; pos: number }

const ask = StateEffect.define<Asked | null>()
const lit = Decoration.line({ class: 'blame-asked' })
let askings = 0

export const asked = StateField.define<Asked | null>({
  create: () => null,
  update(value, tr) {
    if (value && tr.docChanged) value = { ...value, pos: tr.changes.mapPos(value.pos, 1) }
    for (const e of tr.effects) if (e.is(ask)) value = e.value
    return value
  },
  provide: (field) => EditorView.decorations.compute([field, 'doc'], (state) => {
    const value = state.field(field)
    return value ? Decoration.set(lit.range(state.doc.lineAt(value.pos).from)) : Decoration.none
  }),
})

/** lineAsked requests the history of the line at a position. */
export function lineAsked(view: EditorView, pos: number, keys = false): boolean {
  const listeners = view.state.facet(showLine)
  if (!listeners.length) return false
  const key = ++askings
  view.dispatch({ effects: ask.of({ key, pos: view.state.doc.lineAt(pos).from }) })
  const here = (): Asked | null => {
    const value = view.state.field(asked, false) ?? null
    return value?.key === key ? value : null
  }
  const now = (): number | null => {
    const value = here()
    return value ? view.state.doc.lineAt(value.pos).number - 1 : null
  }
  const ref: LineRef = {
    key,
    keys,
    palette: paletteOf(view.state),
    now,
    logged() {
      const line = now()
      const rev = revOf(view.state)
      return line === null || rev === 0 || isWaiting(view.state) ? null : { rev, line }
    },
    over(focus) {
      if (here()) view.dispatch({ effects: ask.of(null) })
      if (focus) view.focus()
    },
  }
  for (const hear of listeners) hear(ref)
  return true
}
