// Find and replace are loaded at their first use or once the page is idle, so
// that the text appears sooner. Their translations cannot come with them:
// CodeMirror rebuilds the view when its phrases change, even during a composition.

import { Compartment, type Extension } from '@codemirror/state'
import { keymap, ViewPlugin, type EditorView, type KeyBinding } from '@codemirror/view'

const IDLE = 3000 // ms

/** The keys of the keymap of @codemirror/search that load it. */
const KEYS = ['Mod-f', 'F3', 'Mod-g', 'Mod-Shift-l', 'Mod-Alt-g', 'Mod-d']

const part = new Compartment()

/** fetched replaces the waiting keys by the real keymap. */
async function fetched(view: EditorView): Promise<readonly KeyBinding[]> {
  const { highlightSelectionMatches, search, searchKeymap } = await import('@codemirror/search')
  if (view.dom.isConnected && part.get(view.state) === asking) {
    view.dispatch({ effects: part.reconfigure([search({ top: true }), highlightSelectionMatches({ minSelectionLength: 2 }), keymap.of(searchKeymap)]) })
  }
  return searchKeymap
}

/** ask loads the search and then does what the key is for. Letters typed until then were meant for the search field, so they do not reach the text. */
const ask = (key: string) => (view: EditorView): boolean => {
  view.contentDOM.blur()
  const back = (): void => { if (document.activeElement === document.body) view.focus() }
  fetched(view).then((keys) => {
    if (!view.dom.isConnected) return
    keys.find((k) => k.key === key)?.run?.(view)
    back() // the key opened no panel
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
