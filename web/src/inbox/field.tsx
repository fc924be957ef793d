// The one field: its text finds threads, and Enter starts a thread with that
// title, or opens the thread that already has it.

import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'
import { why } from '../base/phrases'
import type { Row } from '../base/row'
import { words } from './words'

export function Field(p: {
  field: RefObject<HTMLInputElement | null>
  query: string
  onQuery(text: string): void
  /** The thread with exactly this title. */
  same: Row | null
  starting: boolean
  trouble: { code: string; text: string } | null
  onStart(): void
}) {
  const title = p.query.trim()
  useEffect(() => {
    // On a phone the keyboard would cover the list.
    if (matchMedia('(hover: hover)').matches) p.field.current?.focus()
  }, [])
  const submit = (e: Event): void => {
    e.preventDefault()
    if (!title || p.starting) return
    if (p.same) location.assign(threadPath(p.same.id))
    else p.onStart()
  }
  return (
    <form role="search" onSubmit={submit}>
      <div class="ask">
        <Lens />
        <input ref={p.field} type="search" value={p.query} maxLength={200} placeholder={words.find} aria-label={words.find}
          aria-describedby="start-fault" autocomplete="off" autocapitalize="sentences" enterkeyhint="go"
          onInput={(e) => p.onQuery(e.currentTarget.value)} />
      </div>
      <p id="start-fault" class="error" role="alert">{p.trouble ? why(p.trouble.code, p.trouble.text) : ''}</p>
      {title && !p.same && (
        <button type="submit" class="start" disabled={p.starting}>
          <span>{p.starting ? words.starting : words.start(title)}</span><kbd>Enter</kbd>
        </button>
      )}
      {title && p.same && (
        <button type="button" class="start" disabled={p.starting} onClick={p.onStart}>
          <span>{p.starting ? words.starting : words.startAnother(title)}</span><span class="quiet">{words.opens(p.same.title)}</span>
        </button>
      )}
    </form>
  )
}

export const threadPath = (id: string): string => `/t/${encodeURIComponent(id)}`

const Lens = () => <svg class="quiet" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3.5 3.5" /></svg>
