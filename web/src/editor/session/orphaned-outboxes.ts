// Sends the edits that closed pages left in this browser: without a page, one
// outbox after the other, each as the client and the person that made the edits.

import { EditorState } from '@codemirror/state'
import { socketURL } from '../../base/api'
import { Socket } from '../../base/socket'
import { HeadlessHost } from './host'
import { claim, type Outbox, type OutboxStore } from './outbox'
import type { SessionOptions } from './options'
import { Session } from './session'
import { openStore } from './store'

/** An outbox and its fate: sent; stuck, because it does not fit the log; or waiting, because the server does not answer. */
export interface OrphanedOutbox { thread: string; user: string; edits: number; fate: 'sent' | 'stuck' | 'waiting' }

export interface Means extends Partial<Pick<SessionOptions, 'socket' | 'clock' | 'moment' | 'mint'>> {
  store?: OutboxStore
  /** ms for one outbox */
  patience?: number
}

/** sendOrphanedOutboxes sends the outboxes that no page has locked. One that is stuck stays: its thread's page asks what to do with it. */
export async function sendOrphanedOutboxes(means: Means = {}): Promise<OrphanedOutbox[]> {
  const store = means.store ?? openStore()
  const fates: OrphanedOutbox[] = []
  const tried = new Set<string>()
  for (;;) {
    const box = await claim(store, (b) => !tried.has(b.client)).catch(() => null)
    if (!box) return fates
    tried.add(box.client)
    const fate = await send(box, store, means)
    fates.push({ thread: box.thread, user: box.user, edits: box.pending.length, fate })
    if (fate === 'waiting') return fates // the others would fare no better
  }
}

function send(box: Outbox, store: OutboxStore, means: Means): Promise<OrphanedOutbox['fate']> {
  const { patience = 30_000, socket = (listener) => new Socket(socketURL(), listener), ...rest } = means
  const session = new Session({ ...rest, thread: box.thread, user: box.user, store, adopt: box, socket })
  session.attach(new HeadlessHost(EditorState.create({ extensions: session.extension })))
  return new Promise((done) => {
    const end = (fate: OrphanedOutbox['fate']): void => {
      clearTimeout(timer)
      ear()
      const removed = fate === 'sent' ? store.remove(session.client).catch(() => {}) : Promise.resolve()
      void removed.then(() => { session.stop(); store.release(box.client); done(fate) })
    }
    const ear = session.onChange(() => {
      const { typed, sent } = session.saved
      if (session.phase === 'stuck' || session.phase === 'refused') end('stuck')
      else if (session.phase === 'open' && typed + sent === 0) end('sent')
    })
    const timer = setTimeout(() => end('waiting'), patience)
    session.start()
  })
}
