// The keys, by purpose.

import { Dialog } from '../base/dialog'
import { phrases } from '../base/phrases'
import { words } from './words-dialogs'

const apple = /Mac|iPhone|iPad/u.test(navigator.platform)

/** Each row: what the keys do, and the keys (a space means or) as CodeMirror writes them, here and on a Mac if that differs. */
type Row = [keyof typeof words.key, string, string?]

const groups: [keyof typeof words.keyGroups, Row[]][] = [
  ['text', [['undo', 'Mod-Z'], ['redo', 'Mod-Y', 'Shift-Mod-Z'], ['selectAll', 'Mod-A'], ['submit', 'Mod-Enter'], ['save', 'Mod-S']]],
  ['lines', [['up', 'Alt-↑'], ['down', 'Alt-↓'], ['copyDown', 'Shift-Alt-↓'], ['remove', 'Shift-Mod-K'], ['indent', 'Mod-]'], ['outdent', 'Mod-['], ['comment', 'Shift-Alt-A']]],
  ['find', [['find', 'Mod-F'], ['next', 'F3', 'Mod-G'], ['previous', 'Shift-F3', 'Shift-Mod-G'], ['goto', 'Mod-Alt-G'], ['selectNext', 'Mod-D']]],
  ['page', [['who', 'Alt-I', 'Ctrl-I'], ['past', 'Alt-H'], ['keys', 'F1 Ctrl-/']]],
]

const signs: Readonly<Record<string, string>> = apple ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃', Enter: '↩' } : { Mod: 'Ctrl' }

const Keys = (p: { keys: string }) => (
  <>
    {p.keys.split(' ').map((keys) => (
      <span key={keys} class="keys">{keys.split('-').map((key) => <kbd key={key}>{signs[key] ?? key}</kbd>)}</span>
    ))}
  </>
)

/** `tab`: Tab indents. */
export function KeysDialog(p: { tab: boolean; onClose(): void }) {
  return (
    <Dialog title={words.keys} wide onClose={p.onClose}>
      <div class="key-groups">
        {groups.map(([group, rows]) => (
          <section key={group}>
            <h3 class="label">{words.keyGroups[group]}</h3>
            <dl>
              {rows.map(([what, keys, mac]) => (
                <div key={keys}><dt>{words.key[what]}</dt><dd><Keys keys={apple && mac ? mac : keys} /></dd></div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="quiet">{p.tab ? words.tabIndents : words.tabMoves}</p>
      <p class="actions"><button type="button" class="main" onClick={p.onClose}>{phrases.close}</button></p>
    </Dialog>
  )
}
