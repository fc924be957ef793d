// The list of threads with the one field above it, which finds and starts.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Palette } from '../base/authors'
import { useChanges, useNow } from '../base/changes'
import { Connection } from '../base/connection'
import { Header } from '../base/header'
import { why } from '../base/phrases'
import { onLook, seen } from '../base/seen'
import { counted, number } from '../base/words'
import { Field } from './field'
import { useHold } from './hold'
import { FIELD, step, writes } from './keyboard'
import { Kept } from './kept'
import { named, search } from './search'
import { ThreadRow } from './thread-row'
import type { Threads } from './threads'
import { useStart } from './start'
import { words } from './words'

const WINDOW = 200 // rows drawn at first, and more with each click

const looks = { onChange: onLook }

export function Inbox(p: { threads: Threads; user: string; onName(name: string): void }) {
  const { threads } = p
  useChanges(threads, looks)
  useEffect(() => threads.start(), [threads])
  const now = useNow()
  const [query, setQuery] = useState('')
  const [drawn, setDrawn] = useState(WINDOW)
  const start = useStart(p.user, () => threads.link === 'up')
  const list = useRef<HTMLUListElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const palette = useMemo(() => new Palette(), [])

  const sought = query.trim()
  const rows = useHold(list, search(threads.rows.values(), sought), sought)
  const same = named(threads.rows.values(), sought)
  const wanted = useRef(false)
  wanted.current = sought !== ''
  const unsearched = sought !== '' && threads.missing > 0 && threads.older !== 'failed'
  useEffect(() => { if (unsearched) void threads.all(() => wanted.current) }, [unsearched])

  const type = (text: string): void => { setQuery(text); setDrawn(WINDOW); start.forget() }
  const go = (e: KeyboardEvent): void => walk(e, field.current, list.current, () => type(''))

  return (
    <div class="page" onKeyDown={go}>
      <Header user={p.user} onName={p.onName}>
        <span class="quiet here-now" title={words.hereNowWhy}>
          {threads.connections !== null && threads.link === 'up' ? words.hereNow(number(threads.connections)) : ''}
        </span>
      </Header>
      <Connection link={threads.link} down={threads.loaded ? words.down : words.unreached} onRetry={() => threads.retry()} />
      <Kept threads={threads} />
      <main>
        <h1 class="unseen">{words.threads}</h1>
        <Field field={field} query={query} onQuery={type} same={same} starting={start.starting} trouble={start.trouble}
          onStart={() => void start.begin(sought)} />
        {threads.trouble && <p class="error" role="alert">{why(threads.trouble.code, threads.trouble.text)}</p>}
        <ul class="threads" ref={list} aria-label={words.threads}>
          {rows.slice(0, drawn).map((row) => (
            <ThreadRow key={row.id} row={row} seen={seen(row.id)} now={now} palette={palette} />
          ))}
        </ul>
        <Below threads={threads} query={sought} found={rows.length} drawn={drawn} onMore={() => setDrawn(drawn + WINDOW)} />
      </main>
    </div>
  )
}

/** Below is the part under the rows: no threads, none found, or more to show. */
function Below(p: { threads: Threads; query: string; found: number; drawn: number; onMore(): void }) {
  const { threads, query, found } = p
  const searching = query !== '' && threads.missing > 0 && threads.older === 'asking'
  if (!threads.loaded) return null
  return (
    <>
      <p class="unseen" role="status">{query && !searching ? counted(words.found, found) : ''}</p>
      {!query && found === 0 && <div class="empty"><p>{words.nothing}</p><p class="quiet">{words.nothingHow}</p></div>}
      {query && found === 0 && !searching && <div class="empty"><p>{words.none(query)}</p><p class="quiet">{words.noneHow}</p></div>}
      {found > p.drawn && <p><button type="button" class="more" onClick={p.onMore}>{words.more(number(Math.min(WINDOW, found - p.drawn)))}</button></p>}
      {searching && <p class="quiet small">{words.searching(number(threads.missing))}</p>}
      {query && threads.older === 'failed' && threads.missing > 0 && (
        <p class="quiet small">{words.searchFailed} <button type="button" onClick={() => void threads.all(() => true)}>{words.again}</button></p>
      )}
      {!query && threads.missing > 0 && found <= p.drawn && (
        <p class="quiet small">
          {words.older(number(threads.missing))}{' '}
          <button type="button" class="more" disabled={threads.older === 'asking'}
            onClick={() => void threads.all(() => true).then(p.onMore)}>{words.show}</button>
        </p>
      )}
      {found > 1 && <p class="quiet small keys">{words.keys}</p>}
    </>
  )
}

/** walk moves the focus among the field and the rows, which are links. */
function walk(e: KeyboardEvent, field: HTMLInputElement | null, list: HTMLElement | null, clear: () => void): void {
  const from = e.target as HTMLElement
  if (!field || e.isComposing || e.defaultPrevented) return
  const rows = [...(list?.querySelectorAll<HTMLElement>('a') ?? [])]
  const row = rows.indexOf(from)
  if (from !== field && row < 0) {
    if (e.key === '/' && !from.closest('dialog, [popover]')) { e.preventDefault(); field.focus() }
    return
  }
  if (row >= 0 && writes(e)) {
    if (e.key === '/') e.preventDefault()
    field.focus() // and the letter is typed there
    return
  }
  if (e.key === 'Escape' && row < 0) return clear()
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return
  const to = step(row, e.key, rows.length)
  if (to === null) return
  e.preventDefault()
  if (to === FIELD) field.focus()
  else rows[to]?.focus()
}
