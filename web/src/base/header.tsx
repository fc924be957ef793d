// The header of a page.

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { BackArrow } from './arrow'
import { NameField } from './login'
import { Menu, MenuButton, MenuChoice, MenuLink } from './menu'
import { phrases } from './phrases'
import { setTheme, theme, type Theme } from './theme'

/**
 * Header has the link home at the left, the page's own parts (children) in the
 * middle, and the person's name with its menu at the right. `back`: a page
 * below the inbox, with an arrow instead of the brand. `onName` gets a changed name.
 */
export function Header(p: { user: string; onName(name: string): void; back?: boolean; children?: ComponentChildren }) {
  return (
    <header class="bar">
      {p.back
        ? <a class="icon back" href="/" aria-label={phrases.allThreads} title={phrases.allThreads}><BackArrow /></a>
        : <a class="brand" href="/">Parody Wave</a>}
      <div class="bar-own">{p.children}</div>
      <NameMenu user={p.user} onName={p.onName} />
    </header>
  )
}

const themes: Theme[] = ['system', 'light', 'dark']

/** NameMenu changes the name and the theme, and links to the other pages. */
export function NameMenu(p: { user: string; onName(name: string): void }) {
  const [naming, setNaming] = useState(false)
  return (
    <>
      <Menu class="plain name" face={<><span>{p.user || phrases.menu}</span><Down /></>}>
        <MenuButton onClick={() => setNaming(true)}>{p.user ? phrases.changeName : phrases.giveName}</MenuButton>
        <ThemeChoices />
        <hr />
        <MenuLink href="/">{phrases.allThreads}</MenuLink>
        <MenuLink href="/live">{phrases.live}</MenuLink>
        <MenuLink href="/deck">{phrases.deck}</MenuLink>
      </Menu>
      {naming && <NameDialog name={p.user} onName={p.onName} onClose={() => setNaming(false)} />}
    </>
  )
}

export function ThemeChoices() {
  const [shown, setShown] = useState(theme())
  return (
    <div role="group" aria-label={phrases.theme}>
      <p class="label" aria-hidden="true">{phrases.theme}</p>
      {themes.map((t) => <MenuChoice key={t} chosen={shown === t} onClick={() => { setTheme(t); setShown(t) }}>{phrases.themes[t]}</MenuChoice>)}
    </div>
  )
}

const Down = () => <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true"><path d="m4 6 4 4 4-4" /></svg>

function NameDialog(p: { name: string; onName(name: string): void; onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} onClose={p.onClose} aria-label={phrases.changeName}>
      <NameField name={p.name} button={phrases.change} onCancel={() => dialog.current?.close()}
        onName={(name) => { dialog.current?.close(); p.onName(name) }} />
    </dialog>
  )
}
