// The buttons of the timeline: back, play, on, and how fast.

import type { ComponentChildren } from 'preact'
import { number } from '../base/words'
import { SPEEDS } from './pace'
import type { Past } from './past'
import { words } from './words'

export function Controls(p: { past: Past }) {
  const { past } = p
  const atFirst = past.step === 0 && past.rev === past.here?.to
  const atLast = past.rev >= past.head
  const faster = SPEEDS[(SPEEDS.indexOf(past.speed) + 1) % SPEEDS.length]!
  return (
    <div class="controls">
      <Icon label={words.first} off={atFirst} onClick={() => past.go(0)}><path d="M4 3v10M12 3 6.5 8 12 13z" /></Icon>
      <Icon label={words.previous} off={atFirst} onClick={() => past.go(past.step - 1)}><path d="M10.5 3 5 8l5.5 5z" /></Icon>
      <Icon label={past.playing ? words.pause : words.play} off={past.last === 0} onClick={() => past.toggle()} solid>
        {past.playing ? <path d="M5 3.5v9M11 3.5v9" /> : <path d="M4.5 2.5 13 8l-8.5 5.5z" />}
      </Icon>
      <Icon label={words.next} off={atLast} onClick={() => past.go(past.step + 1)}><path d="M5.5 3 11 8l-5.5 5z" /></Icon>
      <Icon label={words.last} off={atLast} onClick={() => past.go(past.last)}><path d="M12 3v10M4 3l5.5 5L4 13z" /></Icon>
      <button type="button" class="plain speed" aria-label={words.speedLabel(past.speed)} title={words.speedLabel(past.speed)}
        onClick={() => past.setSpeed(faster)}>{words.speed(past.speed)}</button>
      <span class="quiet step">{words.stepOf(number(past.step + 1), number(past.last + 1))}</span>
    </div>
  )
}

/** A button that is off keeps its focus, so it is aria-disabled, not disabled. */
export function Icon(p: { label: string; off?: boolean; solid?: boolean; onClick(): void; children: ComponentChildren }) {
  return (
    <button type="button" class={`icon${p.solid ? ' solid' : ''}`} aria-label={p.label} title={p.label} aria-disabled={p.off ?? false}
      onClick={() => { if (!p.off) p.onClick() }}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{p.children}</svg>
    </button>
  )
}
