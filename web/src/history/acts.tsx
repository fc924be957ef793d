// The buttons that act on a moment.

import type { Past } from './past'
import { words } from './words'

export type Asked = 'restore' | 'version' | 'link' | 'keys' | null

export function Acts(p: { past: Past; onAsk(what: Asked): void; onCopy(): void }) {
  const { past } = p
  return (
    <footer class="acts">
      {past.anchor !== null
        ? <button type="button" onClick={() => past.compare(null)}>{words.endComparison}</button>
        : <button type="button" aria-disabled={past.rev === past.head} onClick={() => { if (past.rev !== past.head) past.compareWithNow() }}>{words.compareWithNow}</button>}
      <button type="button" onClick={() => past.compare(past.rev)}>{words.compareFromHere}</button>
      <button type="button" onClick={() => p.onAsk('restore')}>{words.restore}</button>
      <button type="button" onClick={() => p.onAsk('version')}>{words.nameVersion}</button>
      <button type="button" onClick={p.onCopy}>{words.copyLink}</button>
      <button type="button" class="plain quiet keys-button" onClick={() => p.onAsk('keys')}>{words.keys}</button>
    </footer>
  )
}
