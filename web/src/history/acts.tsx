// What can be done with a moment.

import { exactly } from '../base/words'
import { Menu, MenuButton } from '../base/menu'
import type { Past } from './past'
import { revision, words } from './words'

export type Asked = 'restore' | 'version' | 'link' | 'keys' | null

export function Acts(p: { past: Past; onAsk(what: Asked): void; onCopy(): void }) {
  const { past } = p
  const versions = past.timeline?.versions ?? []
  return (
    <footer class="acts">
      <button type="button" onClick={() => past.compareWithNow()} disabled={past.rev === past.head}>{words.compareWithNow}</button>
      <button type="button" onClick={() => past.compare(past.rev)}>{words.compareFromHere}</button>
      <button type="button" onClick={() => p.onAsk('restore')}>{words.restore}</button>
      <button type="button" onClick={() => p.onAsk('version')}>{words.nameVersion}</button>
      <button type="button" onClick={p.onCopy}>{words.copyLink}</button>
      {versions.length > 0 && (
        <Menu class="versions" face={words.versions}>
          {versions.toReversed().map((v) => (
            <MenuButton key={v.name} onClick={() => past.jump(v.rev)}>
              <span class="version-name">{v.name}</span>
              <span class="quiet" title={exactly(v.at)}>{revision(v.rev)}{v.by ? ` · ${v.by}` : ''}</span>
            </MenuButton>
          ))}
        </Menu>
      )}
      <button type="button" class="plain quiet keys-button" onClick={() => p.onAsk('keys')}>{words.keys}</button>
    </footer>
  )
}
