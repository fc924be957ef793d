// The list of threads, as live as the server pushes it, and a field to start one.

import { ago, counted, exactly, number } from '../base/words'
import type { Client } from './client'
import { el, say, show, type View } from './dom'
import type { Entry } from './wire'
import { why, words } from './words'

export function threadsView(client: Client): View {
  const field = el('input', {
    id: 'new', type: 'text', required: true, maxlength: '200', autocomplete: 'off',
    placeholder: words.newHint, 'aria-label': words.newTitle, 'aria-describedby': 'new-error', enterkeyhint: 'go',
  })
  const button = el('button', { type: 'submit', class: 'main' }, words.start)
  const error = el('p', { id: 'new-error', class: 'error', role: 'alert' })
  const form = el('form', { class: 'ask' }, field, button)
  const rows = el('ul', { class: 'threads', 'aria-label': words.threads })
  const empty = el('div', { class: 'empty' }, el('p', {}, words.noThreads), el('p', { class: 'quiet' }, words.noThreadsHow))
  const more = el('p', { class: 'quiet' })
  const root = el('main', {}, form, error, rows, empty, more)

  let asked = ''
  form.addEventListener('submit', (e) => {
    e.preventDefault()
    const title = field.value.trim()
    if (!title || client.opening) return
    asked = title
    client.open(title)
  })

  const draw = (): void => {
    const trouble = client.troubles.open
    say(error, trouble ? why(trouble.code, trouble.text) : '')
    button.disabled = client.opening
    const list = client.list
    show(empty, list !== null && list.length === 0)
    const hidden = list ? client.total - list.length : 0
    say(more, hidden > 0 ? words.more(number(hidden)) : '')
    drawRows(rows, list ?? [])
  }
  const shown = (): void => {
    // What was asked for is there now; what was refused stays in the field.
    if (asked && field.value.trim() === asked && !client.troubles.open) field.value = ''
    asked = ''
  }
  // Times such as "2 min ago" grow old by themselves.
  setInterval(() => { if (root.isConnected) draw() }, 30_000)
  return { root, draw, shown }
}

function drawRows(rows: HTMLUListElement, list: Entry[]): void {
  while (rows.children.length > list.length) rows.lastElementChild?.remove()
  const now = Date.now()
  list.forEach((entry, i) => drawRow((rows.children[i] ?? rows.appendChild(row())) as HTMLLIElement, entry, now))
}

function row(): HTMLLIElement {
  return el('li', {}, el('a', {}), el('span', { class: 'size' }), el('span', { class: 'people' }),
    el('span', { class: 'when' }))
}

function drawRow(item: HTMLLIElement, entry: Entry, now: number): void {
  const [link, size, people, when] = [...item.children] as [HTMLAnchorElement, HTMLElement, HTMLElement, HTMLElement]
  if (link.hash !== `#${entry.id}`) link.href = `#${entry.id}`
  say(link, entry.title)
  say(size, counted(words.lines, entry.lines))
  say(people, entry.connections > 0 ? counted(words.inIt, entry.connections) : '')
  const at = entry.updated_at || entry.opened_at
  say(when, words.by(entry.updated_by || entry.opened_by, ago(at, now)))
  when.title = exactly(at)
}
