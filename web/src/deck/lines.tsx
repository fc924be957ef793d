// The joined thread on the page. The row of the line in hand stays the same
// element, whatever comes and goes around it: a new one would lose the focus and
// break a composition.

import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { initials, Palette } from '../base/authors'
import { number } from '../base/words'
import { shownTitle } from '../base/visible'
import type { Client } from './client'
import { Hand } from './hand'
import type { Thread } from './thread'
import { words } from './words'

/** A line as shown; index is null until the server has placed it. */
interface Row { index: number | null; value: string; user: string; submitted: boolean; saving: boolean }

export function Lines({ client, thread }: { client: Client; thread: Thread }) {
  const list = useRef<HTMLOListElement>(null)
  const caret = useRef<number | null>(null)
  const palette = useMemo(() => new Palette(), [thread])
  const { rows, at } = rowsOf(thread, client.user)
  const here = rows[at] as Row
  const down = innerHeight + scrollY >= document.documentElement.scrollHeight - 48
  useLayoutEffect(() => { if (down && thread.hand.line === null && document.activeElement?.tagName === 'TEXTAREA') scrollTo(0, document.body.scrollHeight) })

  const focus = (): void => { client.changed(); list.current?.querySelector('textarea')?.focus() }
  const click = (e: MouseEvent, row: Row): void => {
    if (row.index === null || getSelection()?.toString() || !thread.take(row.index)) return
    caret.current = document.caretPositionFromPoint?.(e.clientX, e.clientY)?.offset ?? row.value.length
    focus()
  }
  const move = (by: -1 | 1): void => {
    for (let to = at + by; to >= 0 && to < rows.length; to += by) {
      const index = rows[to]?.index ?? null
      if (index !== null && thread.take(index)) return
    }
    if (by > 0 && thread.hand.line !== null) thread.compose()
  }
  const line = (row: Row, i: number, text: ComponentChildren, mark = '') => (
    <li key={i === at ? 'hand' : i} class={`row a${palette.of(row.user)}${i === at ? ' hand' : ''}`} onClick={i === at ? undefined : (e) => click(e, row)}>
      <span class="who">{rows[i - 1]?.user !== row.user && <><span class="initials" aria-hidden="true">{initials(row.user)}</span><span class="author">{row.user}</span></>}</span>
      {text}
      <span class="mark">{row.saving ? words.saving : row.submitted ? <span role="img" aria-label={words.finished} title={words.finished}>✓</span> : mark}</span>
    </li>
  )
  const plain = (row: Row, i: number) => line(row, i, <span class="text">{row.value}</span>)
  return (
    <main>
      <h1>{shownTitle(thread.title)}</h1>
      <p class="label">{words.how}</p>
      <ol class="lines" aria-label={shownTitle(thread.title)} ref={list}>
        <>{rows.slice(0, at).map(plain)}</>
        {line(here, at, <Hand thread={thread} label={words.yourLine(here.index === null ? '' : number(here.index + 1))} caret={caret}
          onChange={() => client.changed()} onMove={move} />, thread.hand.rev === null ? '' : words.saved(number(thread.hand.rev)))}
        <>{rows.slice(at + 1).map((row, i) => plain(row, at + 1 + i))}</>
      </ol>
      {thread.hand.line !== null && <button type="button" onClick={() => { thread.compose(); focus() }}>{words.write}</button>}
    </main>
  )
}

/** rowsOf lays what is written here over the server's lines; the line in hand is rows[at]. */
function rowsOf(thread: Thread, user: string): { rows: Row[]; at: number } {
  const { lines, hand } = thread
  const rows: Row[] = lines.map((l, index) => ({ ...l, index, saving: false }))
  const last = lines.at(-1)
  if (hand.line === null && last?.value === '' && !last.submitted) rows.pop() // a new line takes its place
  for (const d of [...thread.drafts.filter((one) => one !== hand), hand]) {
    const index = d.line !== null && d.line < rows.length ? d.line : null
    const same = index !== null && rows[index]?.value === d.value
    const row = { index, value: d.value, user, submitted: false, saving: thread.saving(d) }
    rows[index ?? rows.length] = same ? { ...rows[index] as Row, saving: row.saving } : row
  }
  return { rows, at: hand.line !== null && hand.line < rows.length ? hand.line : rows.length - 1 }
}
