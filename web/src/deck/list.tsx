// The list of threads, live, and a field to start one.

import { useRef } from 'preact/hooks'
import { useNow } from '../base/changes'
import { phrases } from '../base/phrases'
import { ago, counted, exactly, machineTime, number } from '../base/words'
import { shownTitle } from '../base/visible'
import type { Client } from './client'
import { words } from './words'

export function List({ client }: { client: Client }) {
  const now = useNow()
  const field = useRef<HTMLInputElement>(null)
  const start = (e: Event): void => {
    e.preventDefault()
    const title = field.current?.value.trim()
    if (title && client.link === 'up') client.go({ title })
  }
  return (
    <main>
      <form class="ask" onSubmit={start}>
        <input ref={field} name="title" maxLength={200} placeholder={words.newTitle} aria-label={words.newTitle} autocomplete="off" enterkeyhint="go" />
        <button type="submit" class="main" disabled={client.link !== 'up'}>{words.start}</button>
      </form>
      <ul class="threads" aria-label={phrases.allThreads}>
        {client.list?.map((t) => (
          <li key={t.id}>
            <a href={`#${t.id}`}>{shownTitle(t.title) || t.id}</a>
            <span>{counted(words.lines, t.lines)}</span>
            <span>{t.connections > 0 && words.here(number(t.connections))}</span>
            <time dateTime={machineTime(t.at)} title={exactly(t.at)}>{t.by}, {ago(t.at, now)}</time>
          </li>
        ))}
      </ul>
      {client.list?.length === 0 && <p class="quiet">{words.none}</p>}
      {client.list && client.total > client.list.length && <p class="label">{words.older(number(client.total - client.list.length))}</p>}
    </main>
  )
}
