// The joined thread on the page. The row of the line in hand never moves in the
// document, whatever comes and goes around it: moving it would take the focus
// and break a composition. Rows are added and removed on either side of it.

import { Palette } from '../base/authors'
import { counted, number } from '../base/words'
import type { Client } from './client'
import { el, say, show, type View } from './dom'
import { handField } from './hand'
import { drawMark, drawWho, rowView, type RowView } from './line'
import type { Room } from './room'
import { rowsOf, type Row } from './rows'
import { titleView } from './title'
import { words } from './words'

type TextRow = RowView & { text: HTMLElement; index: number | null }

export function threadView(client: Client, changed: () => void): View {
  const act = (f: (room: Room) => void): void => {
    if (client.room) f(client.room)
    changed()
  }
  const hand = handField({
    typed: (value) => act((room) => room.type(value)),
    composing: () => act((room) => { room.composing = true }),
    composed: (value) => act((room) => room.composed(value)),
    finish: () => act((room) => room.submit()),
    move: (by) => act((room) => move(room, by)),
    escape: () => act((room) => { if (!room.current.blank) room.compose() }),
  })
  const title = titleView(client)
  const people = el('span', { class: 'quiet' })
  const note = el('div', { class: 'empty' }, el('p', {}), el('p', { class: 'quiet' }))
  const pivot = rowView(hand.field)
  pivot.root.classList.add('hand')
  const list = el('ol', { class: 'lines', 'aria-label': words.text }, pivot.root)
  const back = el('a', { href: '#', class: 'back' }, `‹ ${words.back}`)
  const root = el('main', { class: 'thread' }, el('div', { class: 'above' }, back, people), title.root, note, list)

  let palette = new Palette()
  let room: Room | null = null
  let before: TextRow[] = []
  let after: TextRow[] = []

  // A key struck between a change of the line and the next frame must meet the
  // changed line: else what others just wrote would look deleted by that key.
  const keep = (): void => { if (client.room) hand.read(client.room.current.value) }

  const draw = (): void => {
    title.draw()
    show(list, client.room !== null)
    const entry = client.list?.find((t) => t.id === client.want)
    say(people, entry && entry.connections > 0 && client.link === 'up' ? counted(words.inIt, entry.connections) : '')
    const [what, how] = note.children as unknown as [HTMLElement, HTMLElement]
    if (client.room !== room) {
      room = client.room
      palette = new Palette()
    }
    const rows = room && rowsOf(room)
    const empty = rows !== null && rows.before.length + rows.after.length === 0 && room?.current.line === null
    show(note, !room || empty)
    say(what, room ? words.emptyThread : words.joining)
    say(how, room ? words.emptyThreadHow : '')
    if (!room || !rows) return

    const down = atBottom()
    before = fit(before, rows.before.length, (r) => list.insertBefore(r.root, pivot.root))
    after = fit(after, rows.after.length, (r) => list.append(r.root))
    before.forEach((r, i) => drawRow(r, rows.before[i] as Row, palette))
    drawWho(pivot, rows.hand.user, rows.hand.first, palette)
    drawMark(pivot, rows.hand.submitted, rows.hand.mark)
    after.forEach((r, i) => drawRow(r, rows.after[i] as Row, palette))
    keep()
    const at = room.current.line
    const label = at === null ? words.yourLine : `${words.yourLine}, ${words.lineNumber(number(at + 1))}`
    if (hand.field.getAttribute('aria-label') !== label) hand.field.setAttribute('aria-label', label)
    if (down && document.activeElement === hand.field && at === null) scrollTo(0, document.body.scrollHeight)
  }

  list.addEventListener('click', (e) => {
    if (!room || !(e.target instanceof Element) || !getSelection()?.isCollapsed) return
    const li = e.target.closest('li')
    if (!li || li === pivot.root) return
    const row = [...before, ...after].find((r) => r.root === li)
    const caret = caretAt(e, row?.text)
    const top = li.getBoundingClientRect().top
    hand.flush()
    if (!row || row.index === null || !room.take(row.index)) return
    draw()
    // The line stays under the pointer, though rows above it may have changed.
    scrollBy(0, pivot.root.getBoundingClientRect().top - top)
    hand.field.focus({ preventScroll: true })
    hand.field.setSelectionRange(caret, caret)
    changed()
  })

  const shown = (): void => {
    draw()
    // On a phone the keyboard would cover what one came to read.
    if (matchMedia('(hover: hover)').matches) hand.field.focus()
  }
  return { root, draw, keep, shown }
}

function move(room: Room, by: -1 | 1): void {
  const { shown } = rowsOf(room)
  let to = (room.current.line ?? shown) + by
  while (to >= 0 && to < shown && !room.take(to)) to += by
  if (to >= shown && room.current.line !== null) room.compose()
}

/** fit makes as many rows as wanted; those nearest the line in hand come and go. */
function fit(rows: TextRow[], wanted: number, place: (r: TextRow) => void): TextRow[] {
  for (const r of rows.slice(wanted)) r.root.remove()
  rows = rows.slice(0, wanted)
  while (rows.length < wanted) {
    const text = el('span', { class: 'text' })
    const r = { ...rowView(text), text, index: null }
    place(r)
    rows.push(r)
  }
  return rows
}

function drawRow(view: TextRow, row: Row, palette: Palette): void {
  view.index = row.index
  say(view.text, row.value)
  drawWho(view, row.user, row.first, palette)
  drawMark(view, row.submitted, row.mark)
}

/** caretAt says how far into the text was clicked, in UTF-16 units; its end by default. */
function caretAt(e: MouseEvent, text: HTMLElement | undefined): number {
  const length = text?.textContent?.length ?? 0
  const doc = document as Document & {
    caretPositionFromPoint?(x: number, y: number): { offsetNode: Node; offset: number } | null
    caretRangeFromPoint?(x: number, y: number): Range | null
  }
  const position = doc.caretPositionFromPoint?.(e.clientX, e.clientY)
  const range = position ? null : doc.caretRangeFromPoint?.(e.clientX, e.clientY)
  const node = position?.offsetNode ?? range?.startContainer
  const offset = position?.offset ?? range?.startOffset ?? length
  return node && text?.contains(node) && node.nodeType === Node.TEXT_NODE ? offset : length
}

function atBottom(): boolean {
  return innerHeight + scrollY >= document.documentElement.scrollHeight - 48
}
