// A panel below its button: the browser's popover, with a position.

import { useId, useRef } from 'preact/hooks'
import type { RefObject } from 'preact'

const EDGE = 8 // px that stay free at the page's edges

/** usePopover returns the attributes that connect a button and its panel. */
export function usePopover(): { button: object; panel: { id: string; popover: 'auto'; ref: RefObject<HTMLDivElement | null>; onBeforeToggle(e: { newState: string }): void; onToggle(e: { newState: string }): void } } {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  return {
    button: { ref: button, popovertarget: id, 'aria-expanded': 'false' },
    panel: {
      id,
      popover: 'auto',
      ref: panel,
      onBeforeToggle(e) {
        if (e.newState !== 'open' || !button.current || !panel.current) return
        const box = button.current.getBoundingClientRect()
        panel.current.style.top = `${box.bottom + scrollY + 4}px`
        panel.current.style.right = `${Math.max(EDGE, document.documentElement.clientWidth - box.right)}px`
        panel.current.style.maxHeight = `${innerHeight - box.bottom - 2 * EDGE}px`
      },
      onToggle(e) { button.current?.setAttribute('aria-expanded', String(e.newState === 'open')) },
    },
  }
}
