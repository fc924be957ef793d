// The save mark: where this person's newest edit is. The icon follows every
// keystroke; the words beside it and the announcement for screen readers wait
// until a state lasts. Meanwhile the words name the last revision on disk, which
// stays true.

import { useEffect, useRef, useState } from 'preact/hooks'
import { counted } from '../base/words'
import { Disc, Half, Ring, Warning } from './icons'
import { savedOf, type Kind, type Saved, type Standing } from './saved'
import { words } from './words'

const SHOWN = 400 // ms that a state lasts before its words are shown
const HEARD = 1000 // ms before it is said aloud
const ASKED = 3000 // ms that the answer to "save" is shown

/** `asked` counts how often the person pressed the keys for saving: nothing needs to be done, but they deserve an answer. */
export function Mark(p: { session: Standing; asked: number }) {
  const saved = savedOf(p.session)
  const shown = useSettled(saved.kind, SHOWN)
  const heard = useSettled(saved.kind, HEARD)
  const news = useRef(false)
  if (heard !== 'opening' && heard !== 'disk') news.current = true
  const [answer, setAnswer] = useState('')
  useEffect(() => {
    if (p.asked === 0) return undefined
    // If saving has to wait, the mark says so already.
    setAnswer(saved.kind === 'disk' ? words.alreadySaved(String(saved.disk)) : saved.kind === 'typed' || saved.kind === 'sent' ? words.savesItself : '')
    const timer = setTimeout(() => setAnswer(''), ASKED)
    return () => clearTimeout(timer)
  }, [p.asked])
  useEffect(() => { if (['offline', 'waiting', 'stuck'].includes(saved.kind)) setAnswer('') }, [saved.kind])
  const settled = shown === saved.kind
  return (
    <span class={`mark ${saved.kind}${answer ? ' asked' : ''}`} title={words.markWhy[saved.kind](saved.kept)}>
      <Picture kind={saved.kind} />
      <span class="mark-words">{answer || text({ ...saved, kind: settled ? saved.kind : unsettled(saved, shown) })}</span>
      <span class="unseen" role="status">{answer || spoken(heard, saved.kept, news.current)}</span>
    </span>
  )
}

/** unsettled is what to say while a state is too young: the last one, unless that would claim too much. */
const unsettled = (now: Saved, before: Kind): Kind => (now.disk > 0 && before !== 'opening' ? 'disk' : now.kind)

function Picture(p: { kind: Kind }) {
  switch (p.kind) {
    case 'disk': case 'offline': return <Disc />
    case 'sent': return <Half />
    case 'waiting': case 'stuck': return <Warning />
    default: return <Ring />
  }
}

function text(s: Saved): string {
  switch (s.kind) {
    case 'opening': return words.opening
    case 'typed': return words.typed
    case 'sent': return words.sent
    case 'disk': return words.disk(String(s.disk))
    case 'offline': return words.offline
    case 'waiting': return counted(s.kept ? words.waitingKept : words.waitingHere, s.edits)
    case 'stuck': return words.stuckMark
  }
}

/** spoken has no number in it, so that a screen reader announces each change of kind and not each revision. That the text is on disk after loading is not news. */
function spoken(kind: Kind, kept: boolean, news: boolean): string {
  if (kind === 'opening' || (kind === 'disk' && !news)) return ''
  return kind === 'disk' ? words.diskSpoken : words.markWhy[kind](kept)
}

/** useSettled is the last kind that lasted for ms milliseconds. */
function useSettled(kind: Kind, ms: number): Kind {
  const [settled, set] = useState(kind)
  useEffect(() => {
    if (kind === settled) return undefined
    const timer = setTimeout(() => set(kind), ms)
    return () => clearTimeout(timer)
  }, [kind, settled, ms])
  return settled
}
