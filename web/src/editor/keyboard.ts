// An on-screen keyboard takes room from the page. Most browsers then shrink the
// page (interactive-widget=resizes-content); where the keyboard covers it instead,
// the page shrinks itself. The caret stays in sight.

import { EditorView } from '@codemirror/view'

/** besideKeyboard keeps the page as high as its visible part until the returned function is called. */
export function besideKeyboard(view: EditorView): () => void {
  const seen = window.visualViewport
  if (!seen) return () => {}
  const root = document.documentElement
  const fit = (): void => {
    const covered = seen.scale === 1 && innerHeight - seen.height > 1 // zooming in shrinks the visible part, too
    if (covered) root.style.setProperty('--seen', `${seen.height}px`)
    else root.style.removeProperty('--seen')
    if (view.hasFocus) view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head, { yMargin: 24 }) })
  }
  seen.addEventListener('resize', fit)
  return () => {
    seen.removeEventListener('resize', fit)
    root.style.removeProperty('--seen')
  }
}
