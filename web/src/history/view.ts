// The text of a moment in a read-only CodeMirror, which renders only the visible
// part of a long text.

import { openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { EditorSelection, EditorState, StateEffect, StateField, Text } from '@codemirror/state'
import { Decoration, EditorView, keymap, lineNumbers, type DecorationSet } from '@codemirror/view'
import { codemirror } from '../base/codemirror'
import { blameGutter, type Blame } from './gutter'
import { marks, redacted, type Naming } from './marks'
import { ghosts, lit, type Place } from './moment'
import { replacement } from './replacement'
import { runs } from './runs'
import type { Moment } from './server'
import { words } from './words'

const given = StateEffect.define<{ marks: DecorationSet; blame: Blame }>()
const nobody: Naming = { name: () => '', colour: () => '' }

const differences = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (value, tr) => tr.effects.find((e) => e.is(given))?.value.marks ?? value,
  provide: (field) => EditorView.decorations.from(field),
})

const blames = StateField.define<Blame>({
  create: () => ({ runs: [], by: nobody, now: 0 }),
  update: (value, tr) => tr.effects.find((e) => e.is(given))?.value.blame ?? value,
})

export class View {
  private text = ''
  private fresh = true
  private readonly view: EditorView

  /** nonce is the one in the page's content security policy. */
  constructor(parent: HTMLElement, nonce: string) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': words.text, 'aria-readonly': 'true', spellcheck: 'false' }),
          EditorState.phrases.of(codemirror),
          EditorView.lineWrapping,
          lineNumbers(),
          blameGutter((state) => state.field(blames)),
          differences, blames, redacted,
          search({ top: true }),
          keymap.of(searchKeymap),
        ],
      }),
    })
  }

  /** show displays a moment with its difference since a revision, and scrolls to a place if one is given. */
  show(moment: Moment, since: number, by: Naming, place: Place | null): void {
    const change = replacement(this.text, moment.text)
    this.text = moment.text
    const deco = marks(moment.text, lit(moment.blame.spans, since), ghosts(moment.deleted ?? []), by)
    const effects: StateEffect<unknown>[] = [given.of({ marks: deco, blame: { runs: runs(moment.blame.lines), by, now: moment.at } })]
    if (place && !this.fresh) effects.push(this.towards(place))
    this.view.dispatch({
      // Only \n separates lines here, as in the log, so a carriage return stays.
      ...(change && { changes: { from: change.from, to: change.to, insert: Text.of(change.insert.split('\n')) } }),
      effects,
    })
    // The place of a text is known only after its first layout.
    if (place && this.fresh) requestAnimationFrame(() => { if (this.view.dom.isConnected) this.goTo(place) })
    this.fresh = false
  }

  /** goTo brings a place into sight. */
  goTo(place: Place): void { this.view.dispatch({ effects: this.towards(place, 'center') }) }

  find(): void { openSearchPanel(this.view) }

  focus(): void { this.view.focus() }

  get focused(): boolean { return this.view.hasFocus }

  destroy(): void { this.view.destroy() }

  private towards(place: Place, y: 'nearest' | 'center' = 'nearest'): StateEffect<unknown> {
    const last = this.text.length
    const from = Math.min(place.from, last)
    // Of a long paste, show the beginning: centring it would hide that.
    const to = Math.min(place.to, from + 400, linesOn(this.text, from, 4))
    return EditorView.scrollIntoView(EditorSelection.range(from, to), { y, yMargin: 64 })
  }
}

/** linesOn is the end of the line that many lines below a position. */
function linesOn(text: string, from: number, lines: number): number {
  let at = from
  for (let n = 0; n <= lines; n++) {
    const end = text.indexOf('\n', at)
    if (end < 0) return text.length
    at = end + 1
  }
  return at - 1
}
