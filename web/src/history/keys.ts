// The page's keys. In a field, a dialog or a menu they keep their usual
// meaning.

import type { Past } from './past'

export interface Keyed {
  past: Past
  find(): void
  change(by: 1 | -1): void
  help(): void
  /** reading: the focus is in the text, where Home, End and Space scroll. */
  reading(): boolean
}

/** press does what a key stands for, and reports whether the key has a meaning. */
export function press(e: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>, page: Keyed): boolean {
  const { past } = page
  if (e.altKey) return false
  if (e.ctrlKey || e.metaKey) {
    if (e.key.toLowerCase() !== 'f' || e.shiftKey) return false
    page.find()
    return true
  }
  const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key]
  if (by !== undefined) {
    if (e.shiftKey) past.edit(by)
    else past.go(past.step + by)
    return true
  }
  switch (e.key) {
    case 'Home': case 'End': case ' ':
      if (page.reading()) return false
      if (e.key === ' ') past.toggle()
      else past.go(e.key === 'Home' ? 0 : past.last)
      return true
    case 'c':
      if (past.anchor === null) past.compareWithNow()
      else past.compare(null)
      return true
    case 'n': page.change(1); return true
    case 'p': page.change(-1); return true
    case '?': page.help(); return true
  }
  return false
}

/** free reports whether keys pressed on this element are the page's. */
export function free(on: EventTarget | null): boolean {
  if (!(on instanceof HTMLElement)) return true
  if (on.closest('dialog, [popover]')) return false
  return !(on instanceof HTMLInputElement ? on.type !== 'range' : on.closest('input, textarea, select'))
}
