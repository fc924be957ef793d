// The others' carets and selections, drawn in layers of their own: an input
// method may hold the text's own elements, which must not be touched.

import { EditorSelection, StateEffect, type Extension } from '@codemirror/state'
import { EditorView, layer, RectangleMarker, ViewPlugin, type LayerMarker, type ViewUpdate } from '@codemirror/view'
import type { Palette } from '../base/authors'
import type { Cursor } from './session/cursors'
import type { Session } from './session/session'

const NEAR = 12 // px; nearer than that the pointer shows a caret's name again
const ROOM = 180 // px that a name may need at the right

/** moved: the others' carets are not where they were drawn. */
const moved = StateEffect.define<null>()
const wasMoved = (update: ViewUpdate): boolean => update.transactions.some((tr) => tr.effects.some((e) => e.is(moved)))

type Drawn = Pick<Session, 'cursors' | 'onChange'>

/** carets shows the session's cursors in the colours of the palette. */
export function carets(session: Drawn, palette: Palette): Extension {
  const redraw = (update: ViewUpdate): boolean => update.docChanged || wasMoved(update)
  return [
    layer({
      above: false,
      class: 'others',
      update: redraw,
      markers: (view) => session.cursors.flatMap((c) => selections(view, c, palette)),
    }),
    layer({
      above: true,
      class: 'others',
      update: redraw,
      markers: (view) => session.cursors.flatMap((c) => places(view, c, palette)),
    }),
    ViewPlugin.define((view) => new Follower(view, session), { eventHandlers: { mousemove(e) { this.point(e) } } }),
  ]
}

/** A Follower redraws the layers when somebody moved, and shows names near the pointer. */
class Follower {
  private drawn: readonly Cursor[]
  private readonly end: () => void
  private frame = 0

  constructor(private readonly view: EditorView, session: Drawn) {
    this.drawn = session.cursors
    this.end = session.onChange(() => {
      if (session.cursors === this.drawn) return
      this.drawn = session.cursors
      view.dispatch({ effects: moved.of(null) })
    })
  }

  point(e: MouseEvent): void {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => {
      for (const caret of this.view.scrollDOM.querySelectorAll('.others-caret')) {
        const box = caret.getBoundingClientRect()
        const near = Math.abs(e.clientX - box.left) < NEAR && e.clientY > box.top - 4 && e.clientY < box.bottom + 4
        caret.classList.toggle('near', near)
      }
    })
  }

  destroy(): void {
    this.end()
    cancelAnimationFrame(this.frame)
  }
}

/** within keeps a position inside a text that may have become shorter since. */
const within = (view: EditorView, pos: number): number => Math.min(pos, view.state.doc.length)

function selections(view: EditorView, cursor: Cursor, palette: Palette): readonly LayerMarker[] {
  const name = `others-selection a${palette.of(cursor.user)}`
  return cursor.ranges.flatMap(([anchor, head]) => {
    const range = EditorSelection.range(within(view, anchor), within(view, head))
    return range.empty ? [] : RectangleMarker.forRange(view, name, range)
  })
}

function places(view: EditorView, cursor: Cursor, palette: Palette): readonly LayerMarker[] {
  return cursor.ranges.flatMap(([, head], i) => {
    const at = within(view, head)
    const [box] = RectangleMarker.forRange(view, '', EditorSelection.cursor(at))
    if (!box) return [] // outside the drawn part of the text
    const left = box.left > view.scrollDOM.clientWidth - ROOM
    return [new Caret(box, i === 0 ? cursor.user : '', palette.of(cursor.user), at, `${box.top < box.height ? ' below' : ''}${left ? ' left' : ''}`)]
  })
}

/** A Caret is a line with a name that fades unless the caret moves. */
class Caret implements LayerMarker {
  constructor(
    private readonly box: RectangleMarker,
    private readonly user: string,
    private readonly slot: number,
    private readonly at: number,
    private readonly side: string,
  ) {}

  eq(other: Caret): boolean {
    const { left, top, height } = this.box
    return this.user === other.user && this.slot === other.slot && this.side === other.side && this.at === other.at &&
      left === other.box.left && top === other.box.top && height === other.box.height
  }

  draw(): HTMLElement {
    const caret = document.createElement('div')
    if (this.user) caret.appendChild(document.createElement('span')).textContent = this.user
    this.put(caret, 'odd')
    return caret
  }

  update(caret: HTMLElement, old: Caret): boolean {
    if (old.user !== this.user) return false
    const odd = caret.classList.contains('odd')
    // Another class name starts the same animation from its beginning; a caret
    // that only the layout moved keeps its own.
    this.put(caret, old.at === this.at ? (odd ? 'odd' : 'even') : odd ? 'even' : 'odd')
    return true
  }

  private put(caret: HTMLElement, turn: string): void {
    caret.className = `others-caret a${this.slot} ${turn}${this.side}`
    caret.style.left = `${this.box.left}px`
    caret.style.top = `${this.box.top}px`
    caret.style.height = `${this.box.height}px`
  }
}
