// The Markdown preview beside the text. It follows the edits and the reading position.

import DOMPurify from 'dompurify'
import type { EditorView } from '@codemirror/view'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Changing } from '../base/changes'
import { Cross } from './icons'
import { attribute, renderer } from './markdown'
import { words as shared } from './words'
import { words } from './words-dialogs'
import './preview.css'

const SOON = 150 // ms after a change
const SHARE = 4 // the next rendering waits this many times as long as the last one took

const html = renderer(words.image)

/** `changes` says when to render the view's text again. */
export function Preview(p: { view: EditorView; changes: Changing; onClose(): void }) {
  const page = useRef<HTMLDivElement>(null)
  const [empty, setEmpty] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let drawn: unknown = null
    let wait = SOON
    const draw = (): void => {
      timer = undefined
      const { doc } = p.view.state
      if (doc === drawn || !page.current) return
      drawn = doc
      const start = performance.now()
      page.current.replaceChildren(clean(doc.toString()))
      wait = Math.max(SOON, SHARE * (performance.now() - start))
      setEmpty(page.current.childElementCount === 0)
      follow(p.view, page.current)
    }
    draw()
    const end = p.changes.onChange(() => { timer ??= setTimeout(draw, wait) })
    return () => { end(); clearTimeout(timer) }
  }, [p.view, p.changes])
  useEffect(() => {
    let frame = 0
    const scrolled = (): void => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => { if (page.current) follow(p.view, page.current) })
    }
    p.view.scrollDOM.addEventListener('scroll', scrolled, { passive: true })
    return () => { p.view.scrollDOM.removeEventListener('scroll', scrolled); cancelAnimationFrame(frame) }
  }, [p.view])
  return (
    <aside class="panel preview" aria-label={shared.preview}>
      <header class="panel-head">
        <h2>{shared.preview}</h2>
        <button type="button" class="icon" aria-label={words.closePreview} title={words.closePreview} onClick={p.onClose}><Cross /></button>
      </header>
      {empty && <p class="quiet nothing">{words.nothingToPreview}</p>}
      <div ref={page} class="prose panel-body" tabIndex={0} role="document" aria-label={shared.preview} />
    </aside>
  )
}

/** clean is the second fence: it lets only these elements through, whatever the renderer made. */
function clean(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html(text), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: ['a', 'blockquote', 'br', 'code', 'del', 'em', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'li', 'ol', 'p', 'pre', 's', 'strong', 'table', 'tbody', 'td', 'th', 'thead', 'tr', 'ul'],
    ALLOWED_ATTR: ['href', 'class', 'start', 'title', attribute],
    ALLOW_DATA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/(?![/\\]))/iu,
  })
  for (const link of fragment.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer nofollow'
    link.target = '_blank'
  }
  return fragment
}

/** follow scrolls the preview to about the line at the top of the text. */
function follow(view: EditorView, page: HTMLElement): void {
  const { scrollDOM } = view
  const room = page.scrollHeight - page.clientHeight
  if (room <= 0) return
  const block = view.lineBlockAtHeight(scrollDOM.scrollTop)
  const line = view.state.doc.lineAt(block.from).number - 1
  let before = { line: 0, top: 0 }
  let after = { line: view.state.doc.lines, top: page.scrollHeight }
  for (const element of page.querySelectorAll<HTMLElement>(`[${attribute}]`)) {
    const at = { line: Number(element.getAttribute(attribute)), top: element.offsetTop - page.offsetTop }
    if (at.line <= line) before = at
    else { after = at; break }
  }
  const share = after.line > before.line ? (line - before.line) / (after.line - before.line) : 0
  page.scrollTop = line === 0 ? 0 : before.top + share * (after.top - before.top)
}
