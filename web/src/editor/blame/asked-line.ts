// The line whose history somebody looks at: followed through changes, and lit
// in the text while the history is open.

import { Facet, StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView } from '@codemirror/view'
import type { Palette } from '../../base/authors'
import { paletteOf } from './palette'
import { blameOf, revOf, waiting } from './state'

/** A LineRef is a line of the text here. Each asking makes a new one. */
export interface LineRef {
  /** Tells askings apart. */
  readonly key: number
  readonly palette: Palette
  /** now is the line's index, from 0, in the text as it stands; null when another was asked for since, or it is over. */
  now(): number | null
  /** logged is the line's index, from 0, in the text of a revision; null while edits made here are not in the log. */
  logged(): { rev: number; line: number } | null
  /** Asked for by a key: what shows it takes the focus. */
  readonly keys: boolean
  /** over ends it: the light in the text goes out, and the text has the focus where it should. */
  over(focus: boolean): void
}

/** showLine hears when somebody asks for the history of a line. */
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

/** lineAsked tells the page that the history of the line at a position is wanted. */
export function lineAsked(view: EditorView, pos: number, keys = false): boolean {
  const hearers = view.state.facet(showLine)
  if (!hearers.length) return false
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
      const b = blameOf(view.state)
      const line = now()
      const rev = revOf(view.state)
      return line === null || !b || rev === 0 || waiting(b) ? null : { rev, line }
    },
    over(focus) {
      if (here()) view.dispatch({ effects: ask.of(null) })
      if (focus) view.focus()
    },
  }
  for (const hear of hearers) hear(ref)
  return true
}
