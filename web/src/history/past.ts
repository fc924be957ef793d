// The position in a thread's past, and the ways to another. It knows no page:
// components show its state and call its methods.

import { Refused } from '../base/api'
import { Changes } from '../base/changes'
import { Latest, Moments, same } from './moments'
import { pace, Playback, type Speed } from './pace'
import { wanted } from './place'
import type { Key, Moment, Server } from './server'
import { indexOf, timelineOf, type Step, type Timeline } from './timeline'

/** missing: no such thread; nowhere: no such moment in it; failed: the server cannot be reached. */
export type Phase = 'loading' | 'there' | 'missing' | 'nowhere' | 'failed'

const AHEAD = 3 // steps fetched before they are played

export class Past extends Changes {
  phase: Phase = 'loading'
  timeline: Timeline | null = null
  /** rev is the present revision, step the index of its step; fine: moving edit by edit. */
  rev = 0
  step = 0
  fine = false
  /** anchor is the revision that the present one is compared with, if any. */
  anchor: number | null = null
  /** shown is the moment on the page, key what it was asked for by: a moment behind rev while it is fetched. */
  shown: Moment | null = null
  key: Key | null = null
  speed: Speed = 4
  newer = 0 // records since the timeline was fetched
  lost: 'offline' | 'unavailable' | null = null // the last moment could not be fetched

  private origin: number | null = null // the revision before comparing with now
  private readonly moments: Moments
  private readonly latest: Latest
  private readonly playback: Playback
  private waiting: { done(): void; fail(reason: unknown): void } | null = null

  constructor(readonly thread: string, private readonly server: Server, clock?: () => number) {
    super()
    this.moments = new Moments((key, signal) => server.moment(key, signal))
    this.latest = new Latest(this.moments, { seen: (k, m) => this.seen(k, m), failed: (k, e) => this.failed(k, e) }, clock)
    this.playback = new Playback({ wait: () => this.wait(), next: () => this.play(), ended: () => this.changed() }, clock)
  }

  get playing(): boolean { return this.playback.playing }
  get steps(): readonly Step[] { return this.timeline?.steps ?? [] }
  get here(): Step | undefined { return this.steps[this.step] }
  get last(): number { return Math.max(0, this.steps.length - 1) }
  get head(): number { return this.timeline?.head ?? 0 }
  /** behind: what is on the page is not yet what was asked for. */
  get behind(): boolean { return !same(this.key, this.goal()) }

  /** load goes to what the address says: the part after the @, and the query. */
  async load(at: string, query = ''): Promise<void> {
    this.phase = 'loading'
    this.timeline = null
    this.changed()
    try {
      const want = wanted(at, query)
      const timeline = this.timeline = timelineOf(await this.server.timeline())
      this.newer = 0
      const named = timeline.versions.findLast((v) => v.name === want.at)
      const rev = want.at === '' ? timeline.head : (want.rev ?? named?.rev ?? (await this.server.find(want.at)).rev)
      if (rev < 1 || rev > timeline.head) throw new Refused('not_found', `revision ${rev} of ${timeline.head}`, 404)
      this.anchor = want.since !== null && want.since <= timeline.head ? want.since : null
      this.fine = false
      this.phase = 'there'
      this.show(rev)
    } catch (e) {
      this.phase = this.phaseOf(e)
      this.changed()
    }
  }

  // Which of the two requests was refused tells whether the thread or the moment is missing.
  private phaseOf(e: unknown): Phase {
    if (!(e instanceof Refused) || ![400, 404, 422].includes(e.status)) return 'failed'
    return this.timeline ? 'nowhere' : 'missing'
  }

  /** go shows the step with this index, or the nearest end, and stops playing. */
  go(step: number): void {
    this.playback.stop()
    this.to(step)
  }

  /** edit goes a single revision on (1) or back (-1). */
  edit(by: number): void {
    const rev = this.within(this.rev + by)
    if (rev === this.rev) return
    this.playback.stop()
    this.fine = true
    this.show(rev)
  }

  /** jump goes to any revision. */
  jump(rev: number): void {
    this.playback.stop()
    this.fine = false
    this.show(this.within(rev))
  }

  /** compare shows what changed from a revision to the present one; null ends it. */
  compare(anchor: number | null): void {
    const back = anchor === null && this.rev === this.head ? this.origin : null
    this.origin = null
    this.anchor = anchor
    this.fine = false
    this.show(back ?? this.rev)
  }

  /** compareWithNow shows what changed from this moment to now; ending it leads back to the moment. */
  compareWithNow(): void {
    this.anchor = this.origin = this.rev
    this.jump(this.head)
  }

  toggle(): void {
    if (this.playing) this.playback.stop()
    else {
      if (this.step >= this.last) this.to(0)
      this.playback.start()
    }
    this.changed()
  }

  stop(): void {
    if (!this.playing) return
    this.playback.stop()
    this.changed()
  }

  setSpeed(speed: Speed): void {
    this.speed = speed
    if (this.playing) {
      this.playback.stop()
      this.playback.start()
    }
    this.changed()
  }

  again(): void { this.show(this.rev) }

  /** look asks the server for newer records. */
  async look(): Promise<void> {
    if (!this.timeline) return
    try {
      const newer = Math.max(0, (await this.server.head()) - this.head)
      if (newer === this.newer) return
      this.newer = newer
      this.changed()
    } catch { /* asked again soon; what is on the page stays true */ }
  }

  /** grow fetches the newer part of the timeline; the position stays. */
  async grow(): Promise<void> {
    const timeline = timelineOf(await this.server.timeline())
    this.timeline = timeline
    this.newer = 0
    this.step = indexOf(timeline.steps, this.rev)
    this.show(this.rev)
  }

  /**
   * restore brings the present moment's text back on top of the newest edit
   * known here, and resolves with its revision. The server refuses it as stale
   * if somebody wrote meanwhile; those edits are fetched then.
   */
  async restore(user: string): Promise<number> {
    try {
      return (await this.server.restore(user, this.rev, this.head + this.newer)).rev
    } catch (e) {
      if (e instanceof Refused && e.status === 412) await this.look()
      throw e
    }
  }

  async name(user: string, name: string): Promise<void> {
    await this.server.name(user, this.rev, name)
    await this.grow() // naming is a record too
  }

  private to(step: number): void {
    const there = this.steps[Math.max(0, Math.min(this.last, step))]
    if (!there) return
    this.fine = false
    this.show(there.to)
  }

  private within(rev: number): number { return Math.max(1, Math.min(this.head, rev)) }

  private show(rev: number): void {
    this.rev = rev
    this.step = indexOf(this.steps, rev)
    const goal = this.goal()
    if (goal) this.latest.want(goal)
    this.changed()
  }

  /** goal is the moment of the present position: its difference is the step's, the edit's, or the one since the anchor. */
  private goal(): Key | null {
    const step = this.here
    if (!step) return null
    if (this.anchor !== null) return { rev: Math.max(this.rev, this.anchor), since: Math.min(this.rev, this.anchor) }
    return { rev: this.rev, since: this.fine ? this.rev - 1 : Math.min(step.from, this.rev) - 1 }
  }

  private seen(key: Key, moment: Moment): void {
    this.key = key
    this.shown = moment
    this.lost = null
    if (!this.behind) {
      this.waiting?.done()
      this.waiting = null
    }
    this.changed()
  }

  private failed(_: Key, reason: unknown): void {
    this.lost = reason instanceof Refused && reason.code === 'offline' ? 'offline' : 'unavailable'
    this.waiting?.fail(reason)
    this.waiting = null
    this.changed()
  }

  private wait(): number | null {
    const [present, next] = [this.here, this.steps[this.step + 1]]
    return present && next ? pace(present, next, this.speed) : null
  }

  private play(): Promise<void> {
    return new Promise((done, fail) => {
      this.waiting = { done, fail }
      this.to(this.step + 1)
      if (!this.behind) done()
      this.prefetch()
    })
  }

  private prefetch(): void {
    if (this.anchor !== null) return
    for (const { from, to } of this.steps.slice(this.step + 1, this.step + 1 + AHEAD)) {
      if (this.moments.underway >= 2) return
      this.moments.get({ rev: to, since: from - 1 }).catch(() => {}) // requested again when it is needed
    }
  }
}
