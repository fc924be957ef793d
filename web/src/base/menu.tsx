// A button that opens a menu. It is the browser's own popover, so Escape, a click
// elsewhere and the return of the focus work as everywhere.

import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

/**
 * Menu shows `face` on its button and its children in the menu: MenuButton,
 * MenuLink, MenuChoice. `label` names it if the face has no text.
 */
export function Menu(p: { face: ComponentChildren; label?: string; class?: string; children: ComponentChildren }) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const menu = useRef<HTMLDivElement>(null)
  const opening = (e: { newState: string }): void => {
    if (e.newState === 'open' && button.current && menu.current) place(menu.current, button.current)
  }
  const opened = (e: { newState: string }): void => {
    button.current?.setAttribute('aria-expanded', String(e.newState === 'open'))
    if (e.newState === 'open') items(menu.current)[0]?.focus()
  }
  return (
    <>
      <button ref={button} type="button" class={p.class ?? 'plain'} popovertarget={id} aria-haspopup="menu"
        aria-expanded="false" aria-label={p.label} title={p.label}>{p.face}</button>
      <div ref={menu} id={id} popover="auto" role="menu" class="menu" aria-label={p.label} onBeforeToggle={opening} onToggle={opened}
        onKeyDown={(e) => walk(e, menu.current)}>{p.children}</div>
    </>
  )
}

/** MenuButton closes the menu, then acts. */
export function MenuButton(p: { onClick(): void; disabled?: boolean; children: ComponentChildren }) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} disabled={p.disabled ?? false}
      onClick={(e) => { shut(e.currentTarget); p.onClick() }}>{p.children}</button>
  )
}

export function MenuLink(p: { href: string; children: ComponentChildren }) {
  return <a role="menuitem" tabIndex={-1} href={p.href}>{p.children}</a>
}

/** MenuChoice is one of several (or, with `check`, a switch) and leaves the menu open. */
export function MenuChoice(p: { chosen: boolean; onClick(): void; check?: boolean; children: ComponentChildren }) {
  return (
    <button type="button" role={p.check ? 'menuitemcheckbox' : 'menuitemradio'} aria-checked={p.chosen} tabIndex={-1}
      onClick={p.onClick}>{p.children}</button>
  )
}

/** items are the visible ones: some are for narrow pages only. */
const items = (menu: Element | null): HTMLElement[] =>
  [...(menu?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])].filter((item) => item.getClientRects().length > 0)

const shut = (within: Element): void => within.closest<HTMLElement>('[popover]')?.hidePopover()

/** place puts a menu below its button, aligned with the edge that is nearer to the page's middle. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const box = button.getBoundingClientRect()
  const wide = document.documentElement.clientWidth
  const right = box.left + box.width / 2 > wide / 2
  menu.style.top = `${box.bottom + scrollY + 4}px`
  menu.style.left = right ? 'auto' : `${Math.max(8, box.left)}px`
  menu.style.right = right ? `${Math.max(8, wide - box.right)}px` : 'auto'
  menu.style.maxHeight = `${Math.max(160, innerHeight - box.bottom - 16)}px`
}

function walk(e: KeyboardEvent, menu: HTMLElement | null): void {
  if (!menu || e.isComposing) return
  const all = items(menu)
  const at = all.indexOf(document.activeElement as HTMLElement)
  const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at <= 0 ? all.length : at) - 1, Home: 0, End: all.length - 1 }[e.key]
  if (e.key === 'Tab') menu.hidePopover()
  if (to === undefined) return
  e.preventDefault()
  all[to]?.focus()
}
