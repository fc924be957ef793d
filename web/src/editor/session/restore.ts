// What a dead page left is put on top of the text that it is based on: the
// server's, with its blame, or the one that lies in the outbox where the server
// cannot be asked.

import { ChangeSet, Text } from '@codemirror/state'
import { Refused } from '../../base/api'
import type { EditorHost } from './host'
import { noBlame, type Moment } from './moment'
import type { Outbox } from './outbox'
import type { Peer } from './peer'

/** Why there is nothing to go on with. */
export interface Failure { phase: 'stuck' | 'refused'; code: string; text: string }

export class Restore {
  /** What stands here has no blame yet. */
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

  /** run ends when the text stands on the desk, or never will; without a desk it gives up. */
  async run(desk: () => EditorHost | null): Promise<Failure | null> {
    const { box, peer } = this
    for (;;) {
      const { moment, refused } = await this.moment(box.rev)
      const on = desk()
      if (!on) return null
      const found = moment && of(moment.text)
      const kept = box.base === null ? null : of(box.base)
      const text = [found, kept].find((t) => t && this.pending[0]?.length === t.length)
      if (text) {
        this.blameless = text !== found || !moment?.blame
        peer.reload(on, { rev: box.rev, chain: box.chain, text, blame: (text === found && moment?.blame) || noBlame }, this.pending)
        return null
      }
      if (found) return { phase: 'stuck', code: 'reset', text: 'the text that was edited here is not in the log' }
      if (refused && refused.code !== 'unavailable') return { phase: 'refused', code: refused.code, text: refused.message }
      await new Promise<void>((done) => this.waiting.push(done))
    }
  }

  /** connected: the server may be asked again. */
  connected(): void {
    for (const f of this.waiting.splice(0)) f()
  }

  /** blame gets the blame that could not be had before; it asks once. */
  async blame(desk: () => EditorHost | null): Promise<void> {
    const { peer } = this
    const { moment } = await this.moment(peer.rev)
    const on = desk()
    if (!on) return
    this.blameless = false
    if (!moment?.blame || moment.text !== peer.base.toString()) return
    peer.reload(on, { rev: peer.rev, chain: peer.chain, text: peer.base, blame: moment.blame }, peer.pending(on.state))
  }

  private async moment(rev: number): Promise<{ moment?: Moment; refused?: Refused }> {
    try {
      return { moment: await this.ask(rev) }
    } catch (e) {
      return e instanceof Refused && e.code !== 'offline' ? { refused: e } : {}
    }
  }
}

const of = (s: string): Text => Text.of(s.split('\n'))
