// A keyboard on the screen takes room from the page. Most browsers then make the
// page smaller (interactive-widget=resizes-content); where they lay the keyboard
// over it instead, the page makes itself smaller. The caret stays in sight.

import { EditorView } from '@codemirror/view'

/** besideKeyboard keeps the page as high as what can be seen of it; the function it gives ends that. */
export function besideKeyboard(view: EditorView): () => void {
  const seen = window.visualViewport
  if (!seen) return () => {}
  const root = document.documentElement
  const fit = (): void => {
    const covered = seen.scale === 1 && innerHeight - seen.height > 1 // zooming in makes it smaller too
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
