// Blame as it was at this moment, beside the text.

import { gutter, GutterMarker, type EditorView, type ViewUpdate } from '@codemirror/view'
import type { EditorState, Extension } from '@codemirror/state'
import { ago, exactly } from '../base/words'
import type { Run } from './runs'
import { indexOf } from './timeline'
import type { Naming } from './marks'

/** Blame is the runs of a moment; now is that moment's time in Unix ms. */
export interface Blame { runs: readonly Run[]; by: Naming; now: number }

/** blameGutter labels the first line of each run; the other lines have an edge in the author's colour. */
export function blameGutter(blame: (state: EditorState) => Blame): Extension {
  return gutter({
    class: 'blame',
    lineMarker(view: EditorView, block) {
      const { runs, by, now } = blame(view.state)
      const line = view.state.doc.lineAt(block.from).number - 1
      const run = runs[indexOf(runs, line)]
      if (!run) return null
      const first = run.from === line
      return new Label(first ? by.name(run.author) : '', first ? ago(run.at, now) : '', by.colour(run.author), first ? exactly(run.at) : '')
    },
    lineMarkerChange: (update: ViewUpdate) => blame(update.startState) !== blame(update.state),
  })
}

class Label extends GutterMarker {
  constructor(readonly name: string, readonly when: string, readonly colour: string, readonly exact: string) { super() }

  override eq(other: Label): boolean {
    return this.name === other.name && this.when === other.when && this.colour === other.colour && this.exact === other.exact
  }

  override toDOM(): HTMLElement {
    const label = document.createElement('div')
    label.className = `run ${this.colour}`
    if (this.name === '') return label
    const name = document.createElement('span')
    name.className = 'who'
    name.textContent = this.name
    const when = document.createElement('span')
    when.className = 'ago'
    when.textContent = this.when
    label.title = `${this.name} · ${this.exact}`
    label.append(name, when)
    return label
  }
}
