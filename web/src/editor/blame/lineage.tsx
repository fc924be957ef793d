// The history of a line, in the panel beside the text or the sheet below it.
// Entries are newest first; each has the author, the time, the change, and a link
// to the text of that moment.

import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks'
import { initials, type Palette } from '../../base/authors'
import { ask } from '../../base/api'
import { useNow } from '../../base/changes'
import { phrases } from '../../base/phrases'
import { ago, counted, exactly, lasting, machineTime, number } from '../../base/words'
import type { LineRef } from './asked-line'
import { shortened, type Told } from './lineage-answer'
import { Feed, type FeedSession } from './lineage-feed'
import { Parts } from './parts'
import { pathOf } from '../../base/place'
import { words } from './words'
import './blame.css'

const MINUTE = 60_000 // ms

interface LineHistoryProps { session: FeedSession; line: LineRef; onClose(): void }

/** LineHistory is the panel. onClose is called for its button and for Escape. */
export function LineHistory(p: LineHistoryProps) {
  const feed = useFeed(p.session, p.line)
  const title = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => { if (p.line.keys) title.current?.focus() }, [p.line])
  useEffect(() => () => p.line.over(false), [p.line])
  const close = (): void => {
    p.line.over(true)
    p.onClose()
  }
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.key !== 'Escape') return
    e.preventDefault()
    close()
  }
  const now = p.line.now()
  const dead = feed?.known?.entries[0]?.kinds.includes('deleted') ?? false
  return (
    <section class="line-history" aria-label={words.history} onKeyDown={onKeyDown}>
      <header>
        <h2 ref={title} tabIndex={-1}>{dead || now === null ? words.history : words.historyOf(number(now + 1))}{dead && <span class="quiet"> {words.lineGone}</span>}</h2>
        <button type="button" class="icon" aria-label={phrases.close} title={phrases.close} onClick={close}><Cross /></button>
      </header>
      {feed && <Body feed={feed} session={p.session} palette={p.line.palette} />}
    </section>
  )
}

function Body({ feed, session, palette }: { feed: Feed; session: FeedSession; palette: Palette }) {
  const now = useNow(MINUTE)
  const { known } = feed
  const up = session.link === 'up'
  if (!known) {
    return (
      <div aria-live="polite">
        {feed.state === 'waiting' && <p class="quiet">{up ? words.waiting : words.waitingOffline}</p>}
        {feed.state === 'failed' && (up
          ? <p role="alert">{words.failed} <button type="button" onClick={() => feed.again()}>{words.again}</button></p>
          : <p class="quiet">{words.waitingOffline}</p>)}
        {feed.state === 'asking' && <div class="skeleton" role="status"><span class="unseen">{words.loading}</span><i /><i /><i /></div>}
      </div>
    )
  }
  return (
    <>
      {!up && <p class="quiet">{words.stillOffline}</p>}
      <p class="unseen" role="status">{counted(words.shown, known.entries.length)}</p>
      {session.ahead > 0 && <p class="quiet">{phrases.clockAhead(lasting(session.ahead))}</p>}
      {known.entries.length === 0 && <p class="quiet">{words.none}</p>}
      <ol>{known.entries.map((e) => <Entry key={e.from} entry={e} thread={session.thread} palette={palette} now={now} />)}</ol>
      <Foot feed={feed} />
    </>
  )
}

function Foot({ feed }: { feed: Feed }) {
  if (feed.known?.next == null) return null
  if (feed.older === 'asking') return <p class="quiet">{words.loading}</p>
  return (
    <p>
      {feed.older === 'failed' && <span role="alert">{words.failed} </span>}
      <button type="button" onClick={() => void feed.more()}>{feed.older === 'failed' ? words.again : words.older}</button>
    </p>
  )
}

function Entry({ entry, thread, palette, now }: { entry: Told; thread: string; palette: Palette; now: number }) {
  const { author, end, to } = entry
  const changes = entry.parts.some(([, what]) => what !== 0)
  // The parts show that the line was changed; other kinds need words.
  const kinds = entry.kinds.filter((k) => k !== 'edited' || !changes)
  return (
    <li class={`a${palette.of(author.name)}`}>
      <p class="entry-head">
        <span class="initials" aria-hidden="true">{initials(author.name)}</span>
        <strong class="author">{author.name}</strong>
        <time class="quiet" dateTime={machineTime(end)} title={exactly(end)}>{ago(end, now)}</time>
        <a href={pathOf({ thread, at: String(to) })} title={words.moment(number(to))} aria-label={words.moment(number(to))}>#{to}</a>
      </p>
      {kinds.length > 0 && <p class="entry-kinds">{kinds.map((k) => words.kinds[k] ?? k).join(' · ')}</p>}
      {changes && <p class="entry-parts"><Parts parts={shortened(entry.parts)} /></p>}
    </li>
  )
}

const Cross = () => <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="m4 4 8 8M12 4l-8 8" /></svg>

function useFeed(session: FeedSession, line: LineRef): Feed | null {
  const [, redraw] = useReducer((n: number, _: null) => n + 1, 0)
  const [feed, set] = useState<Feed | null>(null)
  useEffect(() => {
    const made = new Feed(session, line, ask, () => redraw(null))
    set(made)
    return () => made.stop()
  }, [session, line])
  return feed
}
