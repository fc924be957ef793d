// Bars of the last minute on a canvas. It draws in frames of the screen, in its
// own pixels, in colours of the theme; with reduced motion it draws once
// a second.

import { useEffect, useRef, useState } from 'preact/hooks'
import { number } from '../base/words'
import { ceiling, SLOTS, type Kind } from './ring'
import type { Watch } from './watch'
import { words } from './words'

const PITCH = 3 // CSS pixels from bar to bar, at least
const HEIGHT = 96 // CSS pixels

const still = matchMedia('(prefers-reduced-motion: reduce)')
const dark = matchMedia('(prefers-color-scheme: dark)')

export function Chart({ watch, kind }: { watch: Watch; kind: Kind }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [top, setTop] = useState(ceiling(0))
  useEffect(() => (canvas.current ? keepDrawn(canvas.current, watch, kind, setTop) : undefined), [watch, kind])
  return (
    <figure class="chart">
      <figcaption>{words.perSecond[kind]} <span class="quiet">{words.lastMinute}</span></figcaption>
      <span class="quiet top" aria-hidden="true">{number(top)}</span>
      <canvas ref={canvas} role="img" aria-label={words.chart(words.perSecond[kind])} height={HEIGHT} />
    </figure>
  )
}

function keepDrawn(canvas: HTMLCanvasElement, watch: Watch, kind: Kind, setTop: (top: number) => void): () => void {
  let due = 0
  let last = -Infinity
  const now = (): void => {
    due = 0
    last = performance.now()
    setTop(draw(canvas, watch, kind))
  }
  const soon = (): void => { due ||= requestAnimationFrame(now) }
  const frame = (): void => { if (!still.matches || performance.now() - last >= 1000) soon() }
  const size = new ResizeObserver(soon)
  size.observe(canvas)
  const theme = new MutationObserver(soon)
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  dark.addEventListener('change', soon)
  const ends = [watch.onFrame(frame), watch.onChange(frame)]
  return () => {
    cancelAnimationFrame(due)
    size.disconnect()
    theme.disconnect()
    dark.removeEventListener('change', soon)
    for (const end of ends) end()
  }
}

/** draw returns the rate at full height. */
function draw(canvas: HTMLCanvasElement, watch: Watch, kind: Kind): number {
  const scale = devicePixelRatio
  const width = Math.round(canvas.clientWidth * scale)
  const height = Math.round(HEIGHT * scale)
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const pen = canvas.getContext('2d')
  const slots = Math.max(1, Math.ceil((SLOTS * PITCH * scale) / Math.max(1, width)))
  const count = Math.floor(SLOTS / slots)
  const bars = watch.ring.bars(kind, slots, count)
  const top = ceiling(Math.max(0, ...bars.filter((b) => b >= 0)))
  if (!pen) return top
  const style = getComputedStyle(canvas)
  const base = height - scale // the rule at the bottom
  pen.clearRect(0, 0, width, height)
  pen.fillStyle = style.borderTopColor
  for (const y of [0, Math.round(base / 2), base]) pen.fillRect(0, y, width, Math.ceil(scale))
  pen.fillStyle = style.color
  const pitch = width / count
  const step = ((watch.ring.next % slots) / slots) * pitch // how far the next bar has come
  const gap = pitch >= 3 * scale ? scale : 0
  bars.forEach((rate, i) => {
    if (!(rate > 0)) return
    const x = Math.round(i * pitch - step)
    const right = Math.round((i + 1) * pitch - step - gap)
    const y = Math.round(base - Math.max(scale, (rate / top) * base))
    pen.fillRect(x, y, Math.max(1, right - x), base - y)
  })
  return top
}
