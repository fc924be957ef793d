// The colours of a thread's people, for all parts of blame.

import { Facet, type EditorState } from '@codemirror/state'
import { Palette } from '../../base/authors'

export const palettes = Facet.define<Palette, Palette | null>({ combine: (given) => given[0] ?? null })

export const paletteOf = (state: EditorState): Palette => state.facet(palettes) ?? new Palette()
