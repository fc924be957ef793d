// What a screen reader announces: the position, once it has rested there, and
// what was done. The slider announces its own moves.

import { useEffect, useState } from 'preact/hooks'
import type { Past } from './past'
import { number } from '../base/words'
import { shownName } from '../base/visible'
import { when } from './when'
import { revision, words } from './words'

const QUIET = 700 // ms
const SHOWN = 3000 // ms that a notice is shown

export function Spoken(p: { past: Past; said: string; onSaid(): void; now: number }) {
  const { past } = p
  const [heard, setHeard] = useState('')
  useEffect(() => {
    if (past.playing || document.activeElement?.matches('input[type=range]')) return
    const timer = setTimeout(() => setHeard(sentence(past, p.now)), QUIET)
    return () => clearTimeout(timer)
  }, [past.rev, past.playing, past.anchor])
  useEffect(() => {
    if (!p.said) return
    const timer = setTimeout(p.onSaid, SHOWN)
    return () => clearTimeout(timer)
  }, [p.said])
  return (
    <>
      <p class="unseen" aria-live="polite">{heard}</p>
      <p class="said" role="status">{p.said}</p>
    </>
  )
}

function sentence(past: Past, now: number): string {
  const step = past.here
  if (!step || !past.timeline) return ''
  const who = shownName(past.timeline.authors[step.author]?.name ?? '')
  const counts = past.rev === step.to ? [words.countsSpoken(number(step.inserted), number(step.deleted))] : [] // of all of the step
  return [when(step.end, now), who, revision(past.rev), ...counts].join(', ')
}
