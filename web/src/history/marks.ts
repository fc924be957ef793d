// The difference, shown in the text: insertions highlighted, deletions struck through where they
// were. <ins> and <del> let a screen reader announce them; each names its author.

import { RangeSet, type Range } from '@codemirror/state'
import { Decoration, EditorView, MatchDecorator, ViewPlugin, WidgetType, type DecorationSet, type ViewUpdate } from '@codemirror/view'
import type { Ghost, Lit } from './moment'
import { revision, words } from './words'
import { number } from '../base/words'

/** Naming gives an author's name and colour. */
export interface Naming {
  name(author: number): string
  /** colour is a class, a0…a11. */
  colour(author: number): string
}

const LONGEST = 2000 // units of deleted text that are shown
const BREAK = '⏎'

const title = (by: Naming, author: number, rev: number): string => `${by.name(author)} · ${revision(rev)}`

/** marks are the decorations of a difference in `text`. */
export function marks(text: string, inserted: readonly Lit[], deleted: readonly Ghost[], by: Naming): DecorationSet {
  const all: Range<Decoration>[] = []
  for (const l of inserted) {
    const colour = by.colour(l.author)
    const attributes = { title: title(by, l.author, l.rev) }
    all.push(Decoration.mark({ tagName: 'ins', class: `lit ${colour}`, attributes }).range(l.from, l.to))
    const breaks = /^\n+/.exec(text.slice(l.from, l.to)) // a break at the front has nothing that could be lit
    if (breaks) all.push(Decoration.widget({ widget: new Break(colour), side: 1 }).range(l.from))
  }
  for (const g of deleted) {
    const widget = new Struck(g.text, `struck ${by.colour(g.author)}`, title(by, g.author, g.rev))
    all.push(Decoration.widget({ widget, side: -1 }).range(g.pos))
  }
  return RangeSet.of(all, true)
}

/** A Struck is deleted text; it has no length in the document. */
class Struck extends WidgetType {
  constructor(readonly text: string, readonly look: string, readonly hint: string) { super() }

  override eq(other: Struck): boolean { return this.text === other.text && this.look === other.look && this.hint === other.hint }

  override get lineBreaks(): number { return this.shown().split('\n').length - 1 }

  private shown(): string {
    const cut = this.text.length > LONGEST ? `${this.text.slice(0, LONGEST)}${words.more(number(this.text.length - LONGEST))}` : this.text
    return cut === '\n' ? BREAK : cut
  }

  override toDOM(): HTMLElement {
    const del = document.createElement('del')
    del.className = this.look
    del.title = this.hint
    del.textContent = this.shown()
    return del
  }
}

/** A Break stands for a line break that was inserted. */
class Break extends WidgetType {
  constructor(readonly colour: string) { super() }

  override eq(other: Break): boolean { return this.colour === other.colour }

  override toDOM(): HTMLElement {
    const mark = document.createElement('span')
    mark.className = `lit break ${this.colour}`
    mark.textContent = BREAK
    mark.setAttribute('aria-hidden', 'true')
    return mark
  }
}

const blocks = new MatchDecorator({
  regexp: /█+/g,
  decoration: Decoration.mark({ class: 'redacted', attributes: { title: words.redacted } }),
})

/** redacted marks redacted text. */
export const redacted = ViewPlugin.fromClass(class {
  decorations: DecorationSet
  constructor(view: EditorView) { this.decorations = blocks.createDeco(view) }
  update(update: ViewUpdate): void { this.decorations = blocks.updateDeco(update, this.decorations) }
}, { decorations: (plugin) => plugin.decorations })
