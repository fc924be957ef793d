// Puts an outbox that a closed page left on top of the text that it is based on:
// the server's, with its blame, or the one stored with the outbox if the server
// cannot be reached.

import { ChangeSet, Text } from '@codemirror/state'
import { Refused } from '../../base/api'
import { noBlame, type Moment } from './moment'
import type { Outbox } from './outbox'
import { parts } from './parts'
import type { Peer } from './peer'

const FRAME = 1 << 20 // bytes that every server accepts

/** Why the outbox cannot be restored. */
export interface Failure { phase: 'stuck' | 'refused'; code: string; text: string }

export class Restore {
  /** The restored text has no blame yet. */
  blameless = false
  private waiting: (() => void)[] = []
  private readonly pending: ChangeSet[] = []

  constructor(private readonly box: Outbox, private readonly peer: Peer, private readonly ask: (rev: number) => Promise<Moment>) {
    try {
      for (const c of box.pending) this.pending.push(ChangeSet.fromJSON(c))
    } catch { this.pending.length = 0 } // no text will fit
    peer.rebind(box.client)
    peer.confirmed = box.seq - 1
    peer.sent = box.seq - 1 + this.pending.length // all of it may have left
  }

  /** run ends once the text is in the editor, or cannot be; it stops if the editor goes away. */
  async run(): Promise<Failure | null> {
    const { box, peer } = this
    for (;;) {
      const { moment, refused } = await this.moment(box.rev)
      if (!peer.host) return null
      const found = moment && textOf(moment.text)
      const stored = box.base === null ? null : textOf(box.base)
      const text = [found, stored].find((t) => t && this.pending[0]?.length === t.length)
      if (text) {
        const pending = this.fitting(text)
        peer.sent = box.seq - 1 + pending.length
        this.blameless = text !== found || !moment?.blame
        peer.reload({ rev: box.rev, chain: box.chain, text, blame: (text === found && moment?.blame) || noBlame }, pending)
        return null
      }
      if (found) return { phase: 'stuck', code: 'reset', text: 'the text that was edited here is not in the log' }
      if (refused && refused.code !== 'unavailable') return { phase: 'refused', code: refused.code, text: refused.message }
      await new Promise<void>((done) => this.waiting.push(done))
    }
  }

  /** fitting are the pending edits on this text, those in parts that no frame can have carried whole. */
  private fitting(text: Text): ChangeSet[] {
    const all: ChangeSet[] = []
    for (const c of this.pending) {
      const tooLarge = c.length === text.length && JSON.stringify(c.toJSON()).length > FRAME
      all.push(...(tooLarge ? parts(c, text) : [c]))
      if (c.length === text.length) text = c.apply(text)
    }
    return all
  }

  /** connected: the server may be asked again. */
  connected(): void {
    for (const f of this.waiting.splice(0)) f()
  }

  /** blame asks once for the blame that run could not get. It changes nothing if the connection broke meanwhile. */
  async blame(connected: () => boolean): Promise<void> {
    const { peer } = this
    const { moment } = await this.moment(peer.rev)
    if (!peer.host || !connected()) return
    this.blameless = false
    if (!moment?.blame || moment.text !== peer.base.toString()) return
    peer.reload({ rev: peer.rev, chain: peer.chain, text: peer.base, blame: moment.blame }, peer.pending)
  }

  private async moment(rev: number): Promise<{ moment?: Moment; refused?: Refused }> {
    try {
      return { moment: await this.ask(rev) }
    } catch (e) {
      return e instanceof Refused && e.code !== 'offline' ? { refused: e } : {}
    }
  }
}

const textOf = (s: string): Text => Text.of(s.split('\n'))
