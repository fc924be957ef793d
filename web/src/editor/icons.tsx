// The icons of the page: strokes in the colour of the words beside them.

import type { ComponentChildren } from 'preact'

const Icon = (p: { children: ComponentChildren }) => <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{p.children}</svg>

export const Pencil = () => <Icon><path d="m10.5 3 2.5 2.5L5.5 13H3v-2.5z" /></Icon>
export const Dots = () => <Icon><path class="dots" d="M3.5 8h.01M8 8h.01M12.5 8h.01" /></Icon>
export const Cross = () => <Icon><path d="m4 4 8 8m0-8-8 8" /></Icon>

/** The save mark's: a ring, half full, full, a warning. */
export const Ring = () => <Icon><circle cx="8" cy="8" r="4.5" /></Icon>
export const Half = () => <Icon><circle cx="8" cy="8" r="4.5" /><path class="full" d="M8 3.5a4.5 4.5 0 0 0 0 9z" /></Icon>
export const Disc = () => <Icon><circle class="full" cx="8" cy="8" r="4.5" /></Icon>
export const Warning = () => <Icon><path d="M8 2.5 14 13H2zM8 6.5v3m0 1.7v.05" /></Icon>
