// The state of the connection, in a strip that is empty while it is up.

import { useEffect, useState } from 'preact/hooks'
import { phrases } from './phrases'

export type Link = 'connecting' | 'up' | 'down'

const SLOW = 1000 // ms of connecting before the strip says so
const LINGER = 4000 // ms that "connected again" stays

/** `down` is the text shown while offline on this page. */
export function Connection(p: { link: Link; down?: string; onRetry(): void }) {
  const said = useSaid(p.link)
  const down = said === 'down'
  return (
    <div class={down ? 'banner down' : 'banner'}>
      <p role="status">{down ? p.down ?? phrases.offline : said ? phrases[said] : ''}</p>
      {down && <button type="button" onClick={p.onRetry}>{phrases.tryNow}</button>}
    </div>
  )
}

function useSaid(link: Link): 'down' | 'connecting' | 'connected' | null {
  const [said, say] = useState<'down' | 'connecting' | 'connected' | null>(null)
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    if (link === 'down') {
      setBroken(true)
      say('down')
      return undefined
    }
    if (link === 'connecting') {
      const timer = setTimeout(() => say('connecting'), SLOW)
      return () => clearTimeout(timer)
    }
    say(broken ? 'connected' : null)
    const timer = setTimeout(() => say(null), LINGER)
    return () => clearTimeout(timer)
  }, [link])
  return said
}
