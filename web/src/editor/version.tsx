// Naming the present text.

import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Dialog } from '../base/dialog'
import { phrases } from '../base/phrases'
import { faultOf } from './fault'
import { pathOf } from '../base/place'
import type { Session } from './session/session'
import { versionFault } from './version-name'
import { words } from './words-dialogs'

/** refused: what the page cannot check itself is mostly that the name is taken. */
const refused = (why: unknown): string => ((why as { code?: unknown } | null)?.code === 'bad_value' ? words.versionRefused : faultOf(why))

export function VersionDialog(p: { session: Session; onClose(): void }) {
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState<{ name: string; rev: number } | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => field.current?.focus(), [])
  const submit = (e: Event): void => {
    e.preventDefault()
    const name = (field.current?.value ?? '').normalize('NFC').trim()
    const bad = versionFault(name)
    if (bad) {
      setFault(words.versionFaults[bad])
      field.current?.focus()
      return
    }
    setBusy(true)
    p.session.nameVersion(name).then(
      (rev) => setDone({ name, rev }),
      (why: unknown) => { setFault(refused(why)); setBusy(false); field.current?.focus() },
    )
  }
  if (done) {
    return (
      <Dialog title={words.versionTitle} onClose={p.onClose}>
        <p role="status">{words.versionDone(done.name, String(done.rev))}</p>
        <p class="actions">
          <a href={pathOf({ thread: p.session.thread, at: done.name })}>{words.openIt}</a>
          <button type="button" class="main" onClick={p.onClose}>{phrases.close}</button>
        </p>
      </Dialog>
    )
  }
  return (
    <Dialog title={words.versionTitle} onClose={p.onClose}>
      <p class="quiet">{words.versionWhy(String(p.session.rev))}</p>
      <form onSubmit={submit} noValidate>
        <label class="label" for={id}>{words.versionLabel}</label>
        <div class="ask">
          <input ref={field} id={id} name="version" autocomplete="off" spellcheck={false} readOnly={busy} enterkeyhint="done"
            aria-invalid={fault !== ''} aria-describedby={`${id}-fault`} onInput={() => setFault('')} />
        </div>
        <p id={`${id}-fault`} class="error" role="alert">{fault}</p>
        <p class="actions">
          <button type="button" class="plain quiet" onClick={p.onClose}>{phrases.cancel}</button>
          <button type="submit" class="main" disabled={busy}>{words.nameIt}</button>
        </p>
      </form>
    </Dialog>
  )
}
