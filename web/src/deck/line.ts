// One row of a thread on the page: who, text, mark.

import { initials, type Palette } from '../base/authors'
import { number } from '../base/words'
import { el, hint, say } from './dom'
import type { Mark } from './draft'
import { why, words } from './words'

export interface RowView { root: HTMLLIElement; who: HTMLElement; mark: HTMLElement }

export function rowView(text: HTMLElement): RowView {
  const who = el('span', { class: 'who' }, el('abbr', { 'aria-hidden': 'true' }), el('span', { class: 'name' }))
  const mark = el('span', { class: 'mark' })
  return { root: el('li', { class: 'row' }, who, text, mark), who, mark }
}

/** drawWho names the author at the head of a run, and colours the edge of every row of it. */
export function drawWho(view: RowView, user: string, first: boolean, palette: Palette): void {
  const colour = `a${palette.of(user)}`
  if (view.root.dataset.colour !== colour) {
    if (view.root.dataset.colour) view.root.classList.remove(view.root.dataset.colour)
    view.root.classList.add(colour)
    view.root.dataset.colour = colour
  }
  view.root.classList.toggle('first', first)
  const [badge, name] = view.who.children as unknown as [HTMLElement, HTMLElement]
  say(badge, first ? initials(user) : '')
  say(name, first ? user : '')
  hint(view.who, user)
}

export function drawMark(view: RowView, submitted: boolean, mark: Mark | null): void {
  const [glyph, text, reason] = markWords(submitted, mark)
  say(view.mark, [glyph, text].filter(Boolean).join(' '))
  hint(view.mark, reason)
  view.mark.classList.toggle('error', mark?.at === 'refused')
  // A bare glyph needs a name; words speak for themselves.
  if (glyph && !text) {
    view.mark.setAttribute('role', 'img')
    view.mark.setAttribute('aria-label', reason)
  } else {
    view.mark.removeAttribute('role')
    view.mark.removeAttribute('aria-label')
  }
}

function markWords(submitted: boolean, mark: Mark | null): [string, string, string] {
  switch (mark?.at) {
    case 'here': return ['○', words.markHere, words.markHereWhy]
    case 'sent': return ['◐', words.markSent, words.markSentWhy]
    case 'removed': return ['○', words.markRemoved, '']
    case 'refused': return ['⚠\ufe0e', why(mark.code, mark.text), mark.text]
    case 'disk': return [submitted ? '✓' : '●', words.markDisk(number(mark.rev)), words.markDiskWhy]
  }
  return submitted ? ['✓', '', words.finished] : ['', '', '']
}
