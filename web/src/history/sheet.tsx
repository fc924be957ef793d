// The text of the moment on the page.

import { useEffect, useRef } from 'preact/hooks'
import type { Cast } from './cast'
import type { Past } from './past'
import { ghosts, lit, places, type Place } from './moment'
import { View } from './view'
import { words } from './words'

export const NEAR = 120 // two changes closer than this, in units, are one

export function Sheet(p: { past: Past; cast: Cast; view: { current: View | null }; place: Place | null }) {
  const box = useRef<HTMLDivElement>(null)
  const { shown, key } = p.past
  useEffect(() => {
    const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''
    const view = new View(box.current!, nonce)
    p.view.current = view
    return () => { view.destroy(); p.view.current = null }
  }, [])
  useEffect(() => {
    if (!shown || !key) return
    const first = places(lit(shown.blame.spans, key.since), ghosts(shown.deleted ?? []), NEAR)[0]
    p.view.current?.show(shown, key.since, p.cast.naming(shown.blame.authors), first ?? null)
  }, [shown, key])
  useEffect(() => { if (p.place) p.view.current?.goTo(p.place) }, [p.place])
  const empty = shown !== null && shown.text === '' && !shown.deleted?.length
  return (
    <main class={`sheet${p.past.behind && !p.past.lost ? ' behind' : ''}`}>
      <div class="text" ref={box} hidden={empty} />
      {empty && <p class="empty quiet">{p.past.head <= 1 ? words.emptyThread : words.emptyText}</p>}
    </main>
  )
}
