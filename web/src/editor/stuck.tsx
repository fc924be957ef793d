// Shown when the text here no longer fits the server's. Nothing is lost, and there
// are two ways out.

import { useEffect, useState } from 'preact/hooks'
import { Dialog } from '../base/dialog'
import { copy, fileName } from './download'
import type { Session } from './session/session'
import { words as shared } from './words'
import { words } from './words-dialogs'

export function StuckDialog(p: { session: Session }) {
  const [{ text }] = useState(() => p.session.rescue())
  const [said, say] = useState('')
  const [sure, setSure] = useState(false)
  const file = useFile(text)
  const tooLarge = p.session.problem?.code === 'too_large'
  return (
    <Dialog title={tooLarge ? words.tooLarge : words.stuck} wide firm onClose={() => {}}>
      <p>{tooLarge ? words.tooLargeWhy : words.stuckWhy}</p>
      <textarea class="rescued" readOnly aria-label={words.stuckText} value={text} rows={10} />
      <p class="actions">
        <span class="quiet" role="status">{said}</span>
        <button type="button" onClick={() => void copy(text).then((done) => say(done ? shared.copied : shared.copyFailed))}>{words.copy}</button>
        <a href={file} autofocus download={fileName(p.session.title)}>{words.saveFile}</a>
      </p>
      <dl class="ways">
        <div>
          <dt><button type="button" class="main" onClick={() => p.session.putMine(text)}>{words.putMine}</button></dt>
          <dd class="quiet">{words.putMineWhy}</dd>
        </div>
        <div>
          <dt>
            {sure
              ? <><button type="button" class="wrong" onClick={() => p.session.takeTheirs()}>{words.sure}</button> <button type="button" class="plain quiet" onClick={() => setSure(false)}>{words.keepMine}</button></>
              : <button type="button" onClick={() => setSure(true)}>{words.takeTheirs}</button>}
          </dt>
          <dd class="quiet">{words.takeTheirsWhy}</dd>
        </div>
      </dl>
    </Dialog>
  )
}

/** useFile is the address of the text as a file, valid while the component is shown. */
function useFile(text: string): string {
  const [url] = useState(() => URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' })))
  useEffect(() => () => URL.revokeObjectURL(url), [url])
  return url
}
