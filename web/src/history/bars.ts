// The histogram: steps joined into as many bars as fit. Its width
// is steps, not hours: a night without edits has no width.

import type { Step } from './timeline'

/** A Bar shows the steps from…to (indexes, inclusive); author wrote most of it. */
export interface Bar { from: number; to: number; author: number; inserted: number; deleted: number }

/** bars joins neighbouring steps into at most `most` bars of nearly equal numbers of steps. */
export function bars(steps: readonly Step[], most: number): Bar[] {
  const count = Math.min(steps.length, Math.max(1, Math.floor(most)))
  const all: Bar[] = []
  for (let b = 0; b < count; b++) {
    const from = Math.floor((b * steps.length) / count)
    const to = Math.floor(((b + 1) * steps.length) / count) - 1
    all.push(fold(steps, from, to))
  }
  return all
}

function fold(steps: readonly Step[], from: number, to: number): Bar {
  const bar = { from, to, author: steps[from]!.author, inserted: 0, deleted: 0 }
  const shares = new Map<number, number>()
  let largest = -1
  for (let i = from; i <= to; i++) {
    const { author, inserted, deleted } = steps[i]!
    bar.inserted += inserted
    bar.deleted += deleted
    const share = (shares.get(author) ?? 0) + inserted + deleted
    shares.set(author, share)
    if (share > largest) [largest, bar.author] = [share, author]
  }
  return bar
}

/**
 * height is a bar's height from 0 to 1, relative to the highest. It uses the square root, so that one
 * paste does not flatten a year of typing; any bar is high enough to be seen.
 */
export const height = (units: number, highest: number): number => (units <= 0 ? 0 : Math.max(0.08, Math.sqrt(units / highest)))

/** pauses are the steps after the longest pauses of at least `least` ms: at most `most`, ascending. */
export function pauses(steps: readonly Step[], least: number, most: number): number[] {
  const long: [wait: number, step: number][] = []
  for (let i = 1; i < steps.length; i++) {
    const wait = steps[i]!.start - steps[i - 1]!.end
    if (wait >= least) long.push([wait, i])
  }
  return long.sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, most).map(([, step]) => step).sort((a, b) => a - b)
}

/** place is where the middle of the steps from…to lies, from 0 to 1, when the first step is at 0 and the last at 1. */
export const place = (from: number, to: number, steps: number): number => (steps < 2 ? 0 : (from + to) / 2 / (steps - 1))
