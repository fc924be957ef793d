// Who wrote which line: a gutter, a card over it, marks where lines were
// deleted, and the history of a line.
//
//   extensions: [session.extension, blame(session, { shown: 'times' }), showLine.of((line) => …)]
//   setBlame(view, 'names')
//
// It comes before lineNumbers(), to be left of them. A click in the gutter or
// Alt-h requests the history of a line; the page's showLine then shows
// <LineHistory session line onClose/> (lineage.tsx), which ends the line's
// highlight by itself.

import { Compartment, Prec, type Extension } from '@codemirror/state'
import { EditorView, keymap, type Command } from '@codemirror/view'
import { Palette } from '../../base/authors'
import { shownName } from '../../base/visible'
import { asked, lineAsked } from './asked-line'
import { gaps } from './gaps'
import { gapsLoaded } from './gaps-loaded'
import { palettes } from './palette'
import { blameState, whoami } from './state'
import { blameGutter, type Shown } from './gutter'
import { card, hideCard, openCard, type CardSource } from './hover'
import './blame.css'

export { showLine, type LineRef } from './asked-line'
export type { Shown } from './gutter'

/** The part of a Session that blame needs. */
export interface BlameSession extends CardSource { readonly user: string; readonly author: string | null }

export interface BlameOptions {
  /** off, names, or names and times; setBlame changes it. */
  shown?: Shown
  /** The colours of this thread's people, if the page has them already. */
  palette?: Palette
}

const shownNow = new Compartment()

export function blame(session: BlameSession, options: BlameOptions = {}): Extension {
  return [
    whoami.of(() => ({ id: session.author ?? '', name: shownName(session.user), kind: 'person' })),
    blameState,
    gaps,
    gapsLoaded(session.thread),
    asked,
    palettes.of(options.palette ?? new Palette()),
    card(session),
    shownNow.of(blameGutter(options.shown ?? 'names')),
    Prec.high(keymap.of([
      // Alt-i is a dead key on a Mac.
      { key: 'Alt-i', mac: 'Ctrl-i', run: openCard, preventDefault: true },
      { key: 'Alt-h', run: lineHistory, preventDefault: true },
      { key: 'Escape', run: hideCard },
    ])),
  ]
}

/** setBlame changes what the gutter shows. */
export function setBlame(view: EditorView, shown: Shown): void {
  view.dispatch({ effects: shownNow.reconfigure(blameGutter(shown)) })
}

/** lineHistory (Alt-h) asks for the history of the line that the caret is in. */
const lineHistory: Command = (view) => lineAsked(view, view.state.selection.main.head, true)
