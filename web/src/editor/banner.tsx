// A strip about the connection and the edits typed meanwhile. It is for the eye;
// news.ts and the save mark say the same to a screen reader, once.

import { useEffect, useRef, useState } from 'preact/hooks'
import { useNow } from '../base/changes'
import { phrases, why } from '../base/phrases'
import { counted } from '../base/words'
import { copy, fileName, save } from './download'
import type { Session } from './session/session'
import { words } from './words'

const SLOW = 1000 // ms without a connection before the strip appears

/** `onBack` is called when the strip goes while its button has the focus. */
export function Banner(p: { session: Session; onBack(): void }) {
  const s = p.session
  const strip = useRef<HTMLElement>(null)
  const apart = useLasting(s.link !== 'up', SLOW) && s.link !== 'up'
  if (!apart && strip.current?.contains(document.activeElement)) queueMicrotask(p.onBack)
  if (apart) return <section ref={strip} class="banner down" aria-label={words.lost}><Apart session={s} /></section>
  if (s.unknown) return <section class="banner down" aria-label={words.unknown}><Unknown session={s} /></section>
  if (s.problem) return <div class="banner down"><p role="alert">{why(s.problem.code, s.problem.text)}</p></div>
  if (s.readonly && s.phase === 'open') return <div class="banner"><p role="status">{words.readonly}</p></div>
  return null
}

/** Unknown says that the server does not have this thread, and how to keep the text. */
function Unknown(p: { session: Session }) {
  const [said, say] = useState('')
  const text = (): string => p.session.rescue().text
  return (
    <>
      <p role="alert">{words.unknown} {words.unknownWhy} <span class="quiet" role="status">{said}</span></p>
      <button type="button" onClick={() => void copy(text()).then((done) => say(done ? words.copied : words.copyFailed))}>{words.copyText}</button>
      <button type="button" onClick={() => save(fileName(p.session.title), text())}>{words.download}</button>
    </>
  )
}

function Apart(p: { session: Session }) {
  const { retryAt, kept, phase, link } = p.session
  const edits = p.session.saved.typed + p.session.saved.sent
  const now = useNow(1000)
  const wait = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000)
  const mine = phase === 'opening' ? words.notOpenYet : kept ? words.keptMeanwhile : words.hereMeanwhile
  return (
    <>
      <p>{words.lost} {mine} {edits > 0 && <span class="only-narrow">{counted(words.editsWait, edits)}</span>} <span class="quiet">{link === 'connecting' || wait <= 0 ? phrases.connecting : counted(words.retryIn, wait)}</span></p>
      <button type="button" onClick={() => p.session.retryNow()}>{phrases.tryNow}</button>
    </>
  )
}

/** useLasting reports whether `is` has been true for ms milliseconds. */
function useLasting(is: boolean, ms: number): boolean {
  const [lasting, set] = useState(false)
  useEffect(() => {
    if (!is) { set(false); return undefined }
    const timer = setTimeout(() => set(true), ms)
    return () => clearTimeout(timer)
  }, [is, ms])
  return lasting
}
