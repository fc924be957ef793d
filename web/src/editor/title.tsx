// The thread's title, editable in place.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { faultOf } from './fault'
import { Pencil } from './icons'
import { shownTitle } from '../base/visible'
import { words } from './words'

const LONGEST = 200 // characters, the server's default

export function Title(p: { title: string; fixed: boolean; onRename(title: string): Promise<void> }) {
  const [wanted, setWanted] = useState<string | null>(null)
  const [editing, setEditing] = useState(false)
  const [fault, setFault] = useState('')
  const pencil = useRef<HTMLButtonElement>(null)
  const title = wanted ?? p.title
  const shown = shownTitle(title)

  const close = (): void => {
    setEditing(false)
    setFault('')
    setWanted(null)
    requestAnimationFrame(() => pencil.current?.focus())
  }
  const rename = (to: string): void => {
    const title = to.normalize('NFC').trim()
    if (title === '' || title === p.title) return close()
    setWanted(title)
    p.onRename(title).then(close, (e: unknown) => { setFault(faultOf(e)); setEditing(true) })
  }
  if (editing) return <Field title={title} fault={fault} onDone={rename} onCancel={close} />
  return (
    <div class="title">
      <h1 title={shown}>{shown}</h1>
      {!p.fixed && (
        <button ref={pencil} type="button" class="icon" aria-label={words.rename} title={words.rename} onClick={() => setEditing(true)}><Pencil /></button>
      )}
    </div>
  )
}

function Field(p: { title: string; fault: string; onDone(title: string): void; onCancel(): void }) {
  const field = useRef<HTMLInputElement>(null)
  const [sent, setSent] = useState(false)
  // Before the next frame, so that a key pressed at once is not lost.
  useLayoutEffect(() => { field.current?.focus(); field.current?.select() }, [])
  useEffect(() => { if (p.fault) { setSent(false); field.current?.focus() } }, [p.fault])
  const done = (e?: Event): void => {
    e?.preventDefault()
    if (sent) return
    setSent(true)
    p.onDone(field.current?.value ?? '')
  }
  return (
    <form class="title" onSubmit={done}>
      <input ref={field} defaultValue={p.title} maxLength={LONGEST} readOnly={sent} aria-label={words.titleLabel} aria-invalid={p.fault !== ''}
        aria-describedby="title-fault" enterkeyhint="done" spellcheck={false} onBlur={() => done()}
        onKeyDown={(e) => { if (e.key === 'Escape' && !e.isComposing) { e.preventDefault(); p.onCancel() } }} />
      <p id="title-fault" class="error title-fault" role="alert">{p.fault}</p>
    </form>
  )
}
