// The page of a thread's past.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useChanges, useNow } from '../base/changes'
import { remembered } from '../base/name'
import { phrases } from '../base/phrases'
import { shownTitle } from '../base/visible'
import { counted, lasting } from '../base/words'
import { Acts, type Asked } from './acts'
import { Cast } from './cast'
import { changesOf, Comparison } from './comparison'
import { Controls } from './controls'
import { KeysDialog, LinkDialog, RestoreDialog, VersionDialog } from './dialogs'
import { Fault } from './faults'
import { Caption, Head } from './head'
import { free, press } from './keys'
import type { Place } from './moment'
import type { Past } from './past'
import { address } from './place'
import { Sheet } from './sheet'
import { Spoken } from './spoken'
import { Track } from './track'
import type { View } from './view'
import { words } from './words'

const LOOK = 10_000 // ms between requests for newer records

export function History(p: { past: Past; at: string }) {
  const { past } = p
  const cast = useMemo(() => new Cast(), [])
  const [user, setUser] = useState(remembered)
  useChanges(past)
  useAddress(past)
  useLook(past)
  if (past.timeline) cast.meet(past.timeline)
  return (
    <div class="history">
      <Head past={past} user={user} onName={setUser} />
      {past.phase === 'there' ? <Moment past={past} cast={cast} user={user} onName={setUser} />
        : past.phase === 'loading' ? <main class="fault"><p class="quiet later">{words.loading}</p></main>
          : <Fault past={past} at={p.at} onAgain={() => void past.load(p.at, location.search)} />}
    </div>
  )
}

function Moment(p: { past: Past; cast: Cast; user: string; onName(name: string): void }) {
  const { past, cast } = p
  const now = useNow()
  const view = useRef<View | null>(null)
  const [asked, ask] = useState<Asked>(null)
  const [said, say] = useState('')
  const [change, setChange] = useState(0)
  const [place, setPlace] = useState<Place | null>(null)
  const changes = useMemo(() => changesOf(past), [past.shown, past.key])
  useEffect(() => setChange(0), [changes])
  const go = (index: number): void => {
    if (!changes.length) return
    setChange(index)
    setPlace({ ...changes[index]! }) // a new object, so that going to the same place again scrolls
  }
  const walk = (by: number): void => go((change + by + changes.length) % Math.max(1, changes.length))
  useKeys({ past, find: () => view.current?.find(), change: walk, help: () => ask('keys'), reading: () => view.current?.focused ?? false })
  const copy = (): void => {
    const link = location.origin + address(past.thread, past.rev, past.anchor)
    const copied = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('no clipboard'))
    copied.then(() => say(words.copied), () => ask('link'))
  }
  const close = (): void => ask(null)
  const writing = { past, user: p.user, onName: p.onName, onClose: close }
  return (
    <>
      <section class="timeline" aria-label={words.timeline}>
        <Caption past={past} cast={cast} now={now} />
        {past.timeline && past.timeline.ahead > 0 && <p class="quiet">{phrases.clockAhead(lasting(past.timeline.ahead))}</p>}
        <Track past={past} cast={cast} now={now} />
        <Controls past={past} />
        {past.newer > 0 && <p class="newer" role="status">{counted(words.newer, past.newer)} <button type="button" onClick={() => { focusTrack(); void past.grow().catch(() => {}) }}>{words.showNewer}</button></p>}
      </section>
      {past.lost && <p class="lost" role="alert">{words[past.lost]} <button type="button" onClick={() => { focusTrack(); past.again() }}>{words.retry}</button></p>}
      <Comparison past={past} cast={cast} changes={changes} at={change} onGo={go} />
      <Sheet past={past} cast={cast} view={view} place={place} />
      <Acts past={past} onAsk={ask} onCopy={copy} />
      <Spoken past={past} said={said} onSaid={() => say('')} now={now} />
      {asked === 'restore' && <RestoreDialog {...writing} />}
      {asked === 'version' && <VersionDialog {...writing} onNamed={(name) => { close(); say(words.named(name)) }} />}
      {asked === 'link' && <LinkDialog link={location.origin + address(past.thread, past.rev, past.anchor)} onClose={close} />}
      {asked === 'keys' && <KeysDialog onClose={close} />}
    </>
  )
}

/** focusTrack is for buttons that vanish when they are pressed. */
const focusTrack = (): void => document.querySelector<HTMLElement>('.track input')?.focus()

/** useAddress puts the position into the address once it has rested there a little. */
function useAddress(past: Past): void {
  const { rev, anchor, phase } = past
  useEffect(() => {
    if (phase !== 'there') return
    document.title = `${shownTitle(past.timeline?.title ?? '')} · #${rev}`
    const timer = setTimeout(() => history.replaceState(history.state, '', address(past.thread, rev, anchor)), 250)
    return () => clearTimeout(timer)
  }, [rev, anchor, phase])
}

function useLook(past: Past): void {
  useEffect(() => {
    const look = (): void => { if (!document.hidden) void past.look() }
    const timer = setInterval(look, LOOK)
    document.addEventListener('visibilitychange', look)
    return () => { clearInterval(timer); document.removeEventListener('visibilitychange', look) }
  }, [past])
}

function useKeys(page: Parameters<typeof press>[1]): void {
  const now = useRef(page)
  now.current = page
  useEffect(() => {
    const down = (e: KeyboardEvent): void => {
      if (e.defaultPrevented || e.isComposing || !free(e.target)) return
      if (e.key === ' ' && e.target instanceof HTMLElement && e.target.closest('button, a')) return // it is pressed
      if (press(e, now.current)) e.preventDefault()
    }
    addEventListener('keydown', down)
    return () => removeEventListener('keydown', down)
  }, [])
}
