// The first visit: one field, one button, one sentence of what this is.

import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { cleaned, remember, remembered, type NameFault } from './name'
import { phrases } from './phrases'

/** NameField is the field with its button; onName gets a valid name, which is remembered. */
export function NameField(p: { name: string; button: string; onName(name: string): void; onCancel?(): void }) {
  const [fault, setFault] = useState<NameFault | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  useEffect(() => field.current?.select(), [])
  const submit = (e: Event): void => {
    e.preventDefault()
    const typed = cleaned(field.current?.value ?? '')
    if ('fault' in typed) {
      setFault(typed.fault)
      field.current?.focus()
      return
    }
    remember(typed.name)
    p.onName(typed.name)
  }
  return (
    <form onSubmit={submit} noValidate>
      <label class="label" for={id}>{phrases.yourName}</label>
      <div class="ask">
        <input ref={field} id={id} name="name" defaultValue={p.name} autocomplete="nickname" autocapitalize="words" spellcheck={false}
          enterkeyhint="go" aria-invalid={fault !== null} aria-describedby={`${id}-fault`} onInput={() => setFault(null)} />
        {p.onCancel && <button type="button" class="plain quiet" onClick={p.onCancel}>{phrases.cancel}</button>}
        <button type="submit" class="main">{p.button}</button>
      </div>
      <p id={`${id}-fault`} class="error" role="alert">{fault ? phrases.nameFaults[fault] : ''}</p>
    </form>
  )
}

/** Login is all of a page until there is a name. The address stays, so a link still leads to its thread. */
export function Login(p: { onName(name: string): void }) {
  return (
    <main class="login">
      <h1>Parody Wave</h1>
      <p class="quiet">{phrases.what}</p>
      <NameField name={remembered()} button={phrases.enter} onName={p.onName} />
    </main>
  )
}
