// Edits of pages that were closed before they were sent: this page sends them,
// and says so quietly. The code that sends them is large and loaded only if there are any.

import { useEffect, useRef, useState } from 'preact/hooks'
import { counted } from '../base/words'
import { shownTitle } from '../base/visible'
import type { OrphanedOutbox } from '../editor/session/orphaned-outboxes'
import { threadPath } from './field'
import type { Threads } from './threads'
import { words } from './words'

const LINGER = 4000 // ms that "sent" stays

type State = { sending: number } | { fates: OrphanedOutbox[] } | null

export function Kept({ threads }: { threads: Threads }) {
  const [state, say] = useState<State>(null)
  const busy = useRef(false)
  const up = threads.link === 'up'
  useEffect(() => {
    if (!up || busy.current) return
    busy.current = true
    void send((n) => say({ sending: n }))
      .then((fates) => {
        say(fates && { fates })
        if (fates?.every((f) => f.fate === 'sent')) setTimeout(() => say(null), LINGER)
      })
      .catch(() => say(null)) // no database, so nothing was kept
      .finally(() => { busy.current = false })
  }, [up])
  return <div class="quiet small kept" role="status">{state && <Said state={state} threads={threads} />}</div>
}

/** send returns what became of the edits, or null if there were none; begun gets their number. */
async function send(begun: (edits: number) => void): Promise<OrphanedOutbox[] | null> {
  const store = (await import('../editor/session/store')).openStore()
  let free = 0
  for (const box of await store.list()) {
    // A page that is open sends its own: what it has locked is not ours.
    if (box.pending.length === 0 || !await store.lock(box.client)) continue
    store.release(box.client)
    free += box.pending.length
  }
  if (free === 0) return null
  begun(free)
  const { sendOrphanedOutboxes } = await import('../editor/session/orphaned-outboxes')
  return sendOrphanedOutboxes()
}

function Said({ state, threads }: { state: NonNullable<State>; threads: Threads }) {
  if ('sending' in state) return <p>{counted(words.sending, state.sending)}</p>
  const sum = (fate: OrphanedOutbox['fate']): number => state.fates.reduce((n, f) => n + (f.fate === fate ? f.edits : 0), 0)
  return (
    <>
      {sum('sent') > 0 && <p>{counted(words.sent, sum('sent'))}</p>}
      {sum('waiting') > 0 && <p>{counted(words.waiting, sum('waiting'))}</p>}
      {state.fates.filter((f) => f.fate === 'stuck').map((f) => (
        <p key={f.thread}>
          {counted(words.stuck, f.edits)} <a href={threadPath(f.thread)}>{shownTitle(threads.rows.get(f.thread)?.title ?? f.thread)}</a>
        </p>
      ))}
    </>
  )
}
