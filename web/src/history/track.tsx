// The timeline: a histogram of the edits, and over it a range input as
// wide, whose thumb is the line to drag.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { shownName } from '../base/visible'
import { bars, height, pauses, place, type Bar } from './bars'
import type { Cast } from './cast'
import type { Past } from './past'
import { indexOf } from './timeline'
import { when } from './when'
import { revision, words } from './words'

const EDGE = 8 // px from the end of the input to the middle of its thumb there
const UP = 32 // px of what was inserted, above the line
const DOWN = 12 // px of what was deleted, below it
const WIDTH = 4 // px of a bar with its gap, at least
const WIDEST = 12
const PAUSE = 3_600_000 // ms

export function Track(p: { past: Past; cast: Cast; now: number }) {
  const { past, cast } = p
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const { steps, timeline } = past
  if (!timeline) return null
  const step = past.here
  const by = cast.naming(timeline.authors)
  const spoken = step ? `${when(step.end, p.now)}, ${by.name(step.author)}, ${revision(past.rev)}` : ''
  return (
    <div class="track" ref={box}>
      {width > 0 && <Histogram past={past} cast={cast} width={width} />}
      <input type="range" min={0} max={past.last} step={1} value={past.step} disabled={steps.length < 2}
        aria-label={words.timeline} aria-valuetext={spoken} onInput={(e) => past.go(Number(e.currentTarget.value))} />
    </div>
  )
}

function Histogram(p: { past: Past; cast: Cast; width: number }) {
  const { steps, timeline } = p.past
  const inner = p.width - 2 * EDGE
  const x = (from: number, to: number): number => EDGE + place(from, to, steps.length) * inner
  const drawing = useMemo(() => {
    const all = bars(steps, inner / WIDTH)
    const room = all.length > 1 ? inner / (all.length - 1) : WIDEST
    const wide = Math.max(1, Math.min(WIDEST, room - 1))
    const by = p.cast.naming(timeline!.authors)
    const highest = all.reduce((most, b) => Math.max(most, b.inserted, b.deleted), 1)
    const drawn = all.map((bar) => (
      <Column key={bar.from} bar={bar} highest={highest} x={x(bar.from, bar.to) - wide / 2} wide={wide} colour={by.colour(bar.author)} />
    ))
    return { all, wide, drawn }
  }, [steps, inner, timeline])
  const night = useMemo(() => pauses(steps, PAUSE, 24), [steps])
  const bar = drawing.all[indexOf(drawing.all, p.past.step)]
  const end = bar ? x(bar.from, bar.to) + drawing.wide / 2 : 0
  const { anchor } = p.past
  const start = anchor === null ? null : x(indexOf(steps, anchor), indexOf(steps, anchor))
  const [from, to] = start === null ? [0, end] : [Math.min(start, end), Math.max(start, end)]
  return (
    <svg class="histogram" width={p.width} height={UP + DOWN + 1} aria-hidden="true">
      <line class="ground" x1={0} x2={p.width} y1={UP + 0.5} y2={UP + 0.5} />
      {night.map((i) => <line key={i} class="pause" x1={x(i - 1, i)} x2={x(i - 1, i)} y1={0} y2={UP + DOWN} />)}
      {drawing.drawn}
      {from > 0 && <rect class="veil" x={0} width={from} y={0} height={UP + DOWN + 1} />}
      {to < p.width && <rect class="veil" x={to} width={p.width - to} y={0} height={UP + DOWN + 1} />}
      {start !== null && <line class="anchor" x1={start} x2={start} y1={0} y2={UP + DOWN} />}
      {timeline!.versions.map((v) => {
        const i = indexOf(steps, v.rev)
        return <path key={v.name} class="flag" d={`M${x(i, i)} 0h6l-2 3 2 3h-6z`}><title>{shownName(v.name)}</title></path>
      })}
    </svg>
  )
}

function Column(p: { bar: Bar; highest: number; x: number; wide: number; colour: string }) {
  const up = height(p.bar.inserted, p.highest) * UP
  const down = height(p.bar.deleted, p.highest) * DOWN
  return (
    <g class={p.colour}>
      <rect x={p.x} width={p.wide} y={UP - up} height={up} />
      <rect class="less" x={p.x} width={p.wide} y={UP + 1} height={down} />
    </g>
  )
}

/** useWidth is the element's width in px; 0 until it is known. */
function useWidth(of: { current: HTMLElement | null }): number {
  const [width, set] = useState(0)
  useEffect(() => {
    if (!of.current) return
    const watch = new ResizeObserver(([entry]) => set(Math.floor(entry!.contentRect.width)))
    watch.observe(of.current)
    return () => watch.disconnect()
  }, [])
  return width
}
