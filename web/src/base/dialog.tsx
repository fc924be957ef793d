// A dialog over the page: the browser's own, which keeps the focus inside and
// returns it when it closes.

import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

/** `firm`: Escape does not close it; the person must choose. */
export function Dialog(p: { title: string; wide?: boolean; firm?: boolean; onClose(): void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    // An open dialog that is removed would not return the focus.
    return () => { queueMicrotask(() => { if (before instanceof HTMLElement && before.isConnected) before.focus() }) }
  }, [])
  const back = (e: MouseEvent): void => { if (!p.firm && dialog.current && e.target === dialog.current && outside(e, dialog.current)) p.onClose() }
  return (
    <dialog ref={dialog} class={p.wide ? 'wide' : ''} aria-labelledby={id} onClose={p.onClose} onMouseDown={back}
      onCancel={(e) => { if (p.firm) e.preventDefault() }}
      onKeyDown={(e) => { if (p.firm && e.key === 'Escape') e.preventDefault() }}>
      <h2 id={id}>{p.title}</h2>
      {p.children}
    </dialog>
  )
}

function outside(e: MouseEvent, dialog: HTMLDialogElement): boolean {
  const box = dialog.getBoundingClientRect()
  return e.clientX < box.left || e.clientX > box.right || e.clientY < box.top || e.clientY > box.bottom
}
