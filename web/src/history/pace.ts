// Playing a history: how long each step is shown, and the clock.

import type { Step } from './timeline'

export const SPEEDS = [1, 2, 4, 8] as const
export type Speed = (typeof SPEEDS)[number]

const LEAST = 200 // ms at speed 1: long enough to be seen
const MOST = 1600 // ms at speed 1: no waiting through a night
const LATE = 100 // ms of a late step that are made up for; more would make the following steps rush

/** pace is how long `step` is shown, in ms: as long as it took to write the next, within bounds. */
export function pace(step: Step, next: Step, speed: Speed): number {
  return Math.min(MOST, Math.max(LEAST, next.end - step.end)) / speed
}

export interface Course {
  /** wait is how long the present step is shown, in ms, or null after the last. */
  wait(): number | null
  /** next shows the next step, and resolves when it can be seen. */
  next(): Promise<void>
  /** ended is called when there is no next step, or showing it failed. */
  ended(): void
}

/**
 * Playback shows one step after the other. The time that showing a step took (the network)
 * counts towards its wait, so that playing keeps its pace.
 */
export class Playback {
  private turn = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  playing = false

  constructor(private readonly course: Course, private readonly clock: () => number = () => performance.now()) {}

  start(): void {
    if (this.playing) return
    this.playing = true
    this.schedule(++this.turn, this.clock())
  }

  stop(): void {
    this.playing = false
    this.turn++
    clearTimeout(this.timer)
  }

  private schedule(turn: number, since: number): void {
    const wait = this.course.wait()
    if (wait === null) {
      this.stop()
      this.course.ended()
      return
    }
    const due = since + wait
    this.timer = setTimeout(() => void this.step(turn, due), Math.max(0, due - this.clock()))
  }

  private async step(turn: number, due: number): Promise<void> {
    try {
      await this.course.next()
    } catch {
      if (turn !== this.turn) return
      this.stop()
      this.course.ended()
      return
    }
    if (turn === this.turn) this.schedule(turn, Math.max(due, this.clock() - LATE))
  }
}
