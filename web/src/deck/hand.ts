// The field of the line in hand. It grows with its text, keeps to one line, and
// is never written to while an input method is composing in it.

import { el } from './dom'
import { mapPosition } from './merge'
import { words } from './words'

export interface Hand {
  field: HTMLTextAreaElement
  /** read puts what the line reads now into the field and keeps the caret with its text. */
  read(value: string): void
  /** flush ends a composition as far as we are concerned, before the field turns to another line. */
  flush(): void
}

export interface Doings {
  typed(value: string): void
  composing(): void
  composed(value: string): void
  /** Enter; more is what was pasted after a line break, line by line. */
  finish(): void
  /** The caret wants to the line above (-1) or below (1). */
  move(by: -1 | 1): void
  escape(): void
}

const grows = CSS.supports('field-sizing', 'content')

export function handField(on: Doings): Hand {
  const field = el('textarea', {
    rows: '1', class: 'text', spellcheck: 'true', autocapitalize: 'off', autocomplete: 'off',
    enterkeyhint: 'enter', placeholder: words.write, 'aria-label': words.yourLine,
  })
  let composing = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    clearTimeout(timer)
    if (!composing) return
    composing = false
    grow(field)
    on.composed(field.value)
  }
  const typed = (): void => { grow(field); on.typed(field.value) }
  const finish = (): void => {
    flush()
    on.typed(field.value)
    on.finish()
  }
  field.addEventListener('input', typed)
  field.addEventListener('compositionstart', () => {
    clearTimeout(timer)
    composing = true
    on.composing()
  })
  field.addEventListener('compositionend', () => {
    // Some browsers send the last input event after this one: let it pass first.
    timer = setTimeout(flush)
  })
  field.addEventListener('keydown', (e) => {
    // 229: the key went to the input method, which some browsers say only so.
    if (e.isComposing || e.keyCode === 229) return
    if (e.key === 'Enter') {
      e.preventDefault()
      finish()
    } else if (e.key === 'Escape') {
      flush()
      on.escape()
    } else if ((e.key === 'ArrowUp' || e.key === 'ArrowDown') && !e.shiftKey && !e.altKey && !e.ctrlKey && !e.metaKey) {
      const up = e.key === 'ArrowUp'
      if (!leaves(field, up)) return
      e.preventDefault()
      const column = field.selectionStart
      flush()
      on.move(up ? -1 : 1)
      field.setSelectionRange(column, column)
    }
  })
  // Phone keyboards often say Enter only here.
  field.addEventListener('beforeinput', (e) => {
    if (e.inputType !== 'insertLineBreak' && e.inputType !== 'insertParagraph') return
    e.preventDefault()
    if (!e.isComposing) finish()
  })
  field.addEventListener('paste', (e) => {
    const lines = (e.clipboardData?.getData('text/plain') ?? '').replace(/\0/g, '').split(/\r\n|\r|\n/)
    if (lines.length < 2) return
    e.preventDefault()
    flush()
    const start = field.value.slice(0, field.selectionStart)
    const tail = field.value.slice(field.selectionEnd)
    lines.forEach((line, i) => {
      const head = i === 0 ? start : ''
      const last = i === lines.length - 1
      on.typed(head + line + (last ? tail : ''))
      if (!last) on.finish()
      else field.setSelectionRange(line.length, line.length)
    })
  })
  return { field, flush, read: (value) => { if (!composing) put(field, value) } }
}

function put(field: HTMLTextAreaElement, value: string): void {
  const old = field.value
  if (old === value) return
  const { selectionStart, selectionEnd, selectionDirection } = field
  field.value = value
  field.setSelectionRange(mapPosition(old, value, selectionStart), mapPosition(old, value, selectionEnd), selectionDirection)
  grow(field)
}

/** An arrow key leaves a line that is shown in one row; out of several, only at its very end. */
function leaves(field: HTMLTextAreaElement, up: boolean): boolean {
  const height = parseFloat(getComputedStyle(field).lineHeight)
  if (field.clientHeight < 1.8 * height) return true
  return field.selectionStart === field.selectionEnd && field.selectionStart === (up ? 0 : field.value.length)
}

function grow(field: HTMLTextAreaElement): void {
  // A line has no line break, wherever it may have come from (dropping text, for one).
  if (/[\r\n]/.test(field.value)) field.value = field.value.replace(/[\r\n]+/g, ' ')
  if (grows) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}
