// Choosing the language of the text.

import { Dialog } from '../base/dialog'
import { phrases } from '../base/phrases'
import { guessed, kinds } from './languages'
import type { Settings } from './settings'
import { words as shared } from './words'
import { words } from './words-dialogs'

export function LanguageDialog(p: { settings: Settings; title: string; onClose(): void }) {
  const chosen = p.settings.own.language
  const nameOf = (id: string): string => kinds[id]?.name ?? shared.plain
  const choices: [string, string][] = [
    ['auto', words.byTitle(nameOf(guessed(p.title)))],
    ['plain', shared.plain],
    ...Object.entries(kinds).map(([id, kind]): [string, string] => [id, kind.name]),
  ]
  return (
    <Dialog title={words.language} onClose={p.onClose}>
      <form method="dialog" onSubmit={(e) => { e.preventDefault(); p.onClose() }}>
        <fieldset class="languages">
          <legend class="unseen">{words.language}</legend>
          {choices.map(([id, name]) => (
            <label key={id} class={id === 'auto' ? 'whole' : ''}>
              <input type="radio" name="language" value={id} checked={id === chosen} onChange={() => p.settings.setOwn({ language: id })} />
              {name}
            </label>
          ))}
        </fieldset>
        <p class="actions"><button type="submit" class="main">{phrases.close}</button></p>
      </form>
    </Dialog>
  )
}
