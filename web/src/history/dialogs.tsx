// The dialogs before something is written.

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Refused } from '../base/api'
import { Dialog } from '../base/dialog'
import { NameField } from '../base/login'
import { phrases, why } from '../base/phrases'
import { counted } from '../base/words'
import type { Past } from './past'
import { now } from './place'
import { when } from './when'
import { revision, words } from './words'

interface Writing { past: Past; user: string; onName(name: string): void; onClose(): void }

const ours: Record<number, string> = { 400: 'bad_value', 412: 'stale' }

/** problem is a refusal's text: what its code means here, else what it means everywhere. */
const problem = (e: unknown): string => {
  if (!(e instanceof Refused)) return String(e)
  return words.problems[ours[e.status] ?? ''] ?? why(e.code, e.message)
}

/** Modal is a Dialog that first asks for a name if there is none. */
export function Modal(p: { title: string; user: string; onName(name: string): void; onClose(): void; children: ComponentChildren }) {
  return (
    <Dialog title={p.title} onClose={p.onClose}>
      {p.user ? p.children : <><p>{words.whoAreYou}</p><NameField name="" button={words.goOn} onName={p.onName} onCancel={p.onClose} /></>}
    </Dialog>
  )
}

export function RestoreDialog(p: Writing) {
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [at] = useState(() => p.past.rev)
  const { past } = p
  const time = when(past.shown?.rev === at ? past.shown.at : (past.here?.end ?? 0), Date.now())
  const restore = async (): Promise<void> => {
    setBusy(true)
    try {
      await past.restore(p.user)
      location.assign(now(past.thread))
    } catch (e) {
      setFault(problem(e))
      setBusy(false)
    }
  }
  return (
    <Modal title={words.restoreTitle} {...p}>
      <p>{words.restoreText(time, revision(at))}</p>
      {past.newer > 0 && <p>{counted(words.restoreMeanwhile, past.newer)}</p>}
      {at === past.head && past.newer === 0 && <p class="quiet">{words.restoreNow}</p>}
      <p class="error" role="alert">{fault}</p>
      <div class="actions">
        <button type="button" class="plain quiet" onClick={p.onClose}>{phrases.cancel}</button>
        <button type="button" class="main" disabled={busy} onClick={() => void restore()}>{words.restore}</button>
      </div>
    </Modal>
  )
}

export function VersionDialog(p: Writing & { onNamed(name: string): void }) {
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const save = async (e: Event): Promise<void> => {
    e.preventDefault()
    const name = field.current?.value.trim() ?? ''
    if (name === '') {
      setFault(words.nameEmpty)
      field.current?.focus()
      return
    }
    setBusy(true)
    try {
      await p.past.name(p.user, name)
      p.onNamed(name)
    } catch (e) {
      setFault(problem(e))
      setBusy(false)
      field.current?.focus()
    }
  }
  return (
    <Modal title={words.nameVersion} {...p}>
      <form onSubmit={(e) => void save(e)} noValidate>
        <label class="label" for="version-name">{words.versionName}</label>
        <div class="ask"><input ref={field} id="version-name" autocomplete="off" spellcheck={false} maxLength={200} autofocus
          aria-describedby="version-hint version-fault" aria-invalid={fault !== ''} onInput={() => setFault('')} /></div>
        <p id="version-hint" class="label">{words.nameHint}</p>
        <p id="version-fault" class="error" role="alert">{fault}</p>
        <div class="actions">
          <button type="button" class="plain quiet" onClick={p.onClose}>{phrases.cancel}</button>
          <button type="submit" class="main" disabled={busy}>{words.save}</button>
        </div>
      </form>
    </Modal>
  )
}

/** A LinkDialog is for browsers that do not let the page copy (no HTTPS). */
export function LinkDialog(p: { link: string; onClose(): void }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  return (
    <Dialog title={words.copyThis} onClose={p.onClose}>
      <div class="ask"><input ref={field} readOnly value={p.link} aria-label={words.copyThis} /></div>
      <div class="actions"><button type="button" onClick={p.onClose}>{phrases.close}</button></div>
    </Dialog>
  )
}

export function KeysDialog(p: { onClose(): void }) {
  return (
    <Dialog title={words.keys} onClose={p.onClose}>
      <dl class="keys">{words.keyList.map(([keys, what]) => (
        <div key={keys}><dt>{keys.split(' ').map((k) => <><kbd>{k}</kbd> </>)}</dt><dd>{what}</dd></div>
      ))}</dl>
      <div class="actions"><button type="button" onClick={p.onClose}>{phrases.close}</button></div>
    </Dialog>
  )
}
