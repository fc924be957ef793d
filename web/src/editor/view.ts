// The text itself: CodeMirror, the extensions of this page, and the person's
// settings.

import { defaultKeymap, historyKeymap, indentWithTab, redo } from '@codemirror/commands'
import { Compartment, EditorState, Prec, type Extension } from '@codemirror/state'
import {
  drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, placeholder,
  type ViewUpdate,
} from '@codemirror/view'
import type { Palette } from '../base/authors'
import { shownTitle } from '../base/visible'
import { counted } from '../base/words'
import { blame, setBlame, showLine, type LineRef } from './blame/blame'
import { carets } from './caret'
import { finding } from './finding'
import { highlighting, load } from './highlight'
import { languageOf } from './languages'
import { linesOf } from './lines'
import { theme } from './theme'
import { news } from './news'
import { codemirror } from '../base/codemirror'
import { redactions } from './redacted'
import { transactionListener } from './session/host'
import type { Session } from './session/session'
import type { Settings } from './settings'
import { parted, undoing } from './undoing'
import { words } from './words'

/** What the text needs from the page around it. */
export interface Hands {
  keys(): void
  save(): void
  line(line: LineRef): void
}

export interface ViewOptions { parent: HTMLElement; session: Session; settings: Settings; palette: Palette; hands: Hands }

/** openView makes the view; end removes it and ends the session. */
export function openView(o: ViewOptions): { view: EditorView; end(): void } {
  const { session, settings } = o
  const parts = { fixed: new Compartment(), wrap: new Compartment(), numbers: new Compartment(), tab: new Compartment(), language: new Compartment() }
  const general = { ...settings.general }
  let fixed = fixedNow(session)
  let spoken = 'plain'
  let title = session.title
  let ended = false

  const view = new EditorView({
    parent: o.parent,
    dispatchTransactions: (trs, view) => view.update(trs.flatMap(parted)),
    state: EditorState.create({
      extensions: [
        connected(session),
        ownKeys(o),
        parts.tab.of(tabbing(general.tab)),
        undoing(),
        drawSelection(),
        dropCursor(),
        blame(session, { shown: general.blame, palette: o.palette }),
        showLine.of(o.hands.line),
        parts.numbers.of(numbering(general.numbers)),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        finding,
        carets(session, o.palette),
        redactions,
        news(session),
        highlighting,
        theme,
        parts.wrap.of(wrapping(general.wrap)),
        parts.language.of([]),
        parts.fixed.of(fixing(fixed)),
        redoWithCapsLock,
        keymap.of([...historyKeymap, ...defaultKeymap]),
        EditorState.allowMultipleSelections.of(true),
        EditorState.phrases.of(codemirror),
        EditorView.contentAttributes.of(() => ({ 'aria-label': words.textLabel(shownTitle(session.title) || words.untitled), lang: '', autocapitalize: 'off' })),
        EditorView.updateListener.of((update) => present(session, update)),
        nonce(),
      ],
    }),
  })

  const speak = (): void => {
    const id = languageOf(settings.own.language, session.title)
    if (id === spoken) return
    spoken = id
    const still = (): boolean => !ended && spoken === id
    load(id).then(
      (extension) => { if (still()) view.dispatch({ effects: parts.language.reconfigure(extension) }) },
      () => { if (still()) spoken = '' }, // without colours until something changes
    )
  }
  const set = (): void => {
    const now = settings.general
    if (now.wrap !== general.wrap) view.dispatch({ effects: parts.wrap.reconfigure(wrapping(now.wrap)) })
    if (now.numbers !== general.numbers) view.dispatch({ effects: parts.numbers.reconfigure(numbering(now.numbers)) })
    if (now.tab !== general.tab) view.dispatch({ effects: parts.tab.reconfigure(tabbing(now.tab)) })
    if (now.blame !== general.blame) setBlame(view, now.blame)
    Object.assign(general, now)
    speak()
  }
  const changed = (): void => {
    const now = fixedNow(session)
    if (now !== fixed) view.dispatch({ effects: parts.fixed.reconfigure(fixing(fixed = now)) })
    if (session.title !== title) {
      title = session.title
      view.dispatch({}) // the name of the text for screen readers
    }
    speak()
  }
  const ends = [settings.onChange(set), session.onChange(changed), hiding(view, session)]
  session.attach(view)
  changed()
  return {
    view,
    end() {
      ended = true
      for (const f of ends) f()
      session.stop()
      view.destroy()
    },
  }
}

type Fixed = 'waiting' | 'reading' | 'writing'
const fixedNow = (s: Session): Fixed => (s.phase !== 'open' ? 'waiting' : s.readonly ? 'reading' : 'writing')

function fixing(fixed: Fixed): Extension {
  if (fixed === 'writing') return placeholder(words.empty)
  const shut = EditorState.readOnly.of(true)
  return fixed === 'reading' ? shut : [shut, EditorView.editable.of(false), EditorView.editorAttributes.of({ class: 'waiting' })]
}

const wrapping = (on: boolean): Extension => (on ? [EditorView.lineWrapping, EditorView.editorAttributes.of({ class: 'wraps' })] : [])
const numbering = (on: boolean): Extension => (on ? lineNumbers() : [])
const tabbing = (on: boolean): Extension => (on ? keymap.of([indentWithTab]) : [])

/** connected lets a session follow what happens in the view. */
const connected = (session: Session): Extension => [
  session.extension,
  EditorView.updateListener.of(({ state, transactions }) => { for (const f of state.facet(transactionListener)) f(transactions) }),
  // The composition is in the state only when the browser is done with the event.
  EditorView.domEventObservers({ compositionend: () => { setTimeout(() => session.compositionEnded(), 0) } }),
]

/** ownKeys come first: Mod-Enter and Ctrl-/ mean something else by default. */
function ownKeys({ session, hands }: ViewOptions): Extension {
  const does = (f: () => void) => () => { f(); return true }
  return Prec.high(keymap.of([
    { key: 'Mod-Enter', run: (view) => finish(view, session), preventDefault: true },
    { key: 'Mod-s', run: does(hands.save), preventDefault: true },
    { key: 'F1', run: does(hands.keys), preventDefault: true },
    { key: 'Ctrl-/', run: does(hands.keys), preventDefault: true },
  ]))
}

/** finish submits the lines of the main selection. */
function finish(view: EditorView, session: Session): boolean {
  if (view.state.readOnly) return false
  const [from, to] = linesOf(view.state, view.state.selection.main)
  session.submit(from, to)
  view.dispatch({ effects: EditorView.announce.of(counted(words.finished, to - from + 1)) })
  return true
}

/** present shows this person's selection to the others. */
function present(session: Session, update: ViewUpdate): void {
  if ((update.selectionSet || update.docChanged || update.focusChanged) && update.view.hasFocus) session.showSelection(rangesOf(update.state))
}

const rangesOf = (state: EditorState): [number, number][] => state.selection.ranges.map((r) => [r.anchor, r.head])

/** hiding hides this person's caret from the others while the page is hidden. */
function hiding(view: EditorView, session: Session): () => void {
  const hear = (): void => {
    if (document.hidden) session.showSelection([])
    else if (view.hasFocus) session.showSelection(rangesOf(view.state))
  }
  document.addEventListener('visibilitychange', hear)
  return () => document.removeEventListener('visibilitychange', hear)
}

/** With Caps Lock on, Shift types a small z, and the keymap would find the undo of Ctrl-z before the redo. */
const redoWithCapsLock = Prec.high(EditorView.domEventHandlers({
  keydown(event, view) {
    if (event.key !== 'z' || !event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return false
    redo(view)
    event.preventDefault()
    return true
  },
}))

/** nonce lets CodeMirror add its style sheet: the server gives each page a new one. */
function nonce(): Extension {
  const given = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content
  return given ? EditorView.cspNonce.of(given) : []
}
