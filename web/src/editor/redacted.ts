// Redacted text: runs of full blocks, shown quietly. If this page saw the
// redaction happen, a tooltip says who redacted it and when.

import { StateField, type Extension, type Range } from '@codemirror/state'
import { Decoration, EditorView, MatchDecorator, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import { exactly } from '../base/words'
import { shownName } from '../base/visible'
import { entryTaken, type Entry } from './session/entry'
import { words } from './words'

const marked = Decoration.mark({ class: 'redacted' })
const runs = new MatchDecorator({ regexp: /\u2588+/gu, decoration: marked })

const shown = ViewPlugin.fromClass(class {
  decorations: DecorationSet
  constructor(view: EditorView) { this.decorations = runs.createDeco(view) }
  update(update: ViewUpdate): void { this.decorations = runs.updateDeco(update, this.decorations) }
}, { decorations: (plugin) => plugin.decorations })

const byWhom = (entry: Entry): Decoration =>
  Decoration.mark({ attributes: { title: words.redactedBy(shownName(entry.user), exactly(entry.at)) } })

const seen = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, tr) {
    marks = marks.map(tr.changes)
    for (const e of tr.effects) {
      if (!e.is(entryTaken) || e.value.kind !== 'redacted') continue
      const mark = byWhom(e.value)
      const add: Range<Decoration>[] = []
      tr.changes.iterChangedRanges((_fromA, _toA, from, to) => { if (to > from) add.push(mark.range(from, to)) })
      marks = marks.update({ add, sort: true })
    }
    return marks
  },
  provide: (field) => EditorView.decorations.from(field),
})

export const redactions: Extension = [shown, seen]
