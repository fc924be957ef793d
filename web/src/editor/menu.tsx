// The ⋯ menu: how the text is shown, and what one can do with it.

import { ThemeChoices } from '../base/header'
import { Menu, MenuButton, MenuChoice, MenuLink } from '../base/menu'
import type { Shown } from './blame/blame'
import { Dots } from './icons'
import { kinds, languageOf } from './languages'
import type { Settings } from './settings'
import { words } from './words'

const blames: Shown[] = ['off', 'names', 'times']

export interface Doings {
  chooseLanguage(): void
  nameVersion(): void
  copyLink(): void
  download(): void
  print(): void
  keys(): void
}

/** `history` is the address of this thread's past; `fixed`: the text may only be read. */
export function TextMenu(p: { settings: Settings; title: string; history: string; fixed: boolean; do: Doings }) {
  const { general, own } = p.settings
  const language = languageOf(own.language, p.title)
  return (
    <Menu class="icon" label={words.more} face={<Dots />}>
      <span class="only-narrow"><MenuLink href={p.history}>{words.history}</MenuLink></span>
      {!p.fixed && <MenuButton onClick={p.do.nameVersion}>{words.nameVersion}</MenuButton>}
      <MenuButton onClick={p.do.copyLink}>{words.copyLink}</MenuButton>
      <MenuButton onClick={p.do.download}>{words.download}</MenuButton>
      <MenuButton onClick={p.do.print}>{words.print}</MenuButton>
      <MenuButton onClick={p.do.keys}>{words.keysItem}</MenuButton>
      <hr />
      <MenuChoice check chosen={own.preview} onClick={() => p.settings.setOwn({ preview: !own.preview })}>{words.preview}</MenuChoice>
      <MenuChoice check chosen={general.wrap} onClick={() => p.settings.set({ wrap: !general.wrap })}>{words.wrap}</MenuChoice>
      <MenuChoice check chosen={general.numbers} onClick={() => p.settings.set({ numbers: !general.numbers })}>{words.numbers}</MenuChoice>
      <MenuChoice check chosen={general.tab} onClick={() => p.settings.set({ tab: !general.tab })}>{words.tab}</MenuChoice>
      <MenuButton onClick={p.do.chooseLanguage}>{words.languageNow(kinds[language]?.name ?? words.plain)}</MenuButton>
      <div role="group" aria-label={words.blame}>
        <p class="label" aria-hidden="true">{words.blame}</p>
        {blames.map((b) => <MenuChoice key={b} chosen={general.blame === b} onClick={() => p.settings.set({ blame: b })}>{words.blames[b]}</MenuChoice>)}
      </div>
      <ThemeChoices />
    </Menu>
  )
}
