// Finding and replacing, which come when they are first asked for or when the
// page has been idle: the text is there sooner without them. CodeMirror's own
// words cannot come with them: where those change, the view is made anew, in the
// middle of a composition too.

import { Compartment, type Extension } from '@codemirror/state'
import { keymap, ViewPlugin, type EditorView, type KeyBinding } from '@codemirror/view'

const IDLE = 3000 // ms

/** The keys that ask for it, as the keymap of @codemirror/search has them. */
const KEYS = ['Mod-f', 'F3', 'Mod-g', 'Mod-Shift-l', 'Mod-Alt-g', 'Mod-d']

const part = new Compartment()

/** fetched puts the real thing in the place of the keys that wait for it. */
async function fetched(view: EditorView): Promise<readonly KeyBinding[]> {
  const { highlightSelectionMatches, search, searchKeymap } = await import('@codemirror/search')
  if (view.dom.isConnected && part.get(view.state) === asking) {
    view.dispatch({ effects: part.reconfigure([search({ top: true }), highlightSelectionMatches({ minSelectionLength: 2 }), keymap.of(searchKeymap)]) })
  }
  return searchKeymap
}

/** ask fetches it and then does what the key is for. What is typed until then was not meant for the text that everybody sees. */
const ask = (key: string) => (view: EditorView): boolean => {
  view.contentDOM.blur()
  const back = (): void => { if (document.activeElement === document.body) view.focus() }
  fetched(view).then((keys) => {
    if (!view.dom.isConnected) return
    keys.find((k) => k.key === key)?.run?.(view)
    back() // where the key opened no panel
  }, back)
  return true
}

const asking: Extension = [
  keymap.of(KEYS.map((key) => ({ key, run: ask(key), preventDefault: true }))),
  ViewPlugin.define((view) => {
    const timer = setTimeout(() => void fetched(view).catch(() => {}), IDLE)
    return { destroy() { clearTimeout(timer) } }
  }),
]

export const finding: Extension = part.of(asking)
