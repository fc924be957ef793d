// The state of the page, as a machine without a page: the connection, the list
// and the joined thread. Views read it and are notified when it changed.

import { Changes } from '../base/changes'
import type { Row } from '../base/row'
import { Thread, type Wire } from './thread'
import type { ClientMessage, Join, Refusal, ServerMessage } from './wire'

export class Client extends Changes {
  user = ''
  link: 'connecting' | 'up' | 'down' = 'connecting'
  connections: number | null = null
  list: Row[] | null = null
  total = 0
  /** Where the person wants to be: in a thread, in one to be opened, or (null) at the list. */
  want: { id: string } | { title: string } | null = null
  thread: Thread | null = null
  trouble: { code: string; text: string } | null = null
  /** Lines that the server did not confirm. */
  unsaved: string[] = []
  private orphaned = 0 // edits in flight whose thread we left
  private readonly wire: Wire

  constructor(private readonly send: (m: ClientMessage) => boolean, retry: Wire['retry']) {
    super()
    this.wire = { edits: 0, send, retry: (f) => retry(() => { f(); this.changed() }), lost: (value) => { this.unsaved.push(value) } }
  }

  /** The id of the thread on the page, joined or not. */
  get id(): string | null { return this.want && 'id' in this.want ? this.want.id : null }

  login(name: string): void {
    this.user = name
    if (this.thread) this.thread.joined = false
    this.join()
    this.changed()
  }

  go(want: Client['want']): void {
    this.trouble = null
    this.want = want
    if (this.thread?.cut()) this.orphaned++
    if (this.thread && !want) this.send({ type: 'leave' })
    this.thread = null
    this.join()
    this.changed()
  }

  connected(): void {
    this.link = 'up'
    this.wire.edits = this.orphaned = 0
    this.send({ type: 'status' })
    this.send({ type: 'list' })
    this.join()
    this.changed()
  }

  disconnected(): void {
    this.link = 'down'
    this.connections = null
    this.thread?.cut()
    if (this.want && !this.id) [this.want, this.trouble] = [null, { code: 'unanswered', text: '' }]
    this.changed()
  }

  receive(m: ServerMessage | null): void {
    switch (m?.type) {
      case 'status': this.connections = m.connections; break
      case 'list': [this.list, this.total] = [m.rows, m.total]; break
      case 'join': this.joined(m); break
      case 'update':
        if (m.mine) this.trouble = null // over, if it was about an edit
        if (!m.mine) this.thread?.update(m)
        else if (this.orphaned > 0) this.orphaned--
        else this.thread?.receipt(m)
        break
      case 'error': this.refused(m)
    }
    this.changed()
  }

  private join(): void {
    if (!this.want || !this.user || this.link !== 'up') return
    if ('id' in this.want) this.send({ type: 'join', user: this.user, id: this.want.id })
    else this.send({ type: 'open', user: this.user, title: this.want.title })
  }

  private joined(m: Join): void {
    if (m.received !== undefined) return this.thread?.resync(m)
    if (this.want && !this.id && m.rev === 1) this.want = { id: m.thread }
    if (this.id !== m.thread) return // the answer to a join that is no longer wanted
    this.thread ??= new Thread(m.thread, this.wire)
    this.thread.enter(m)
  }

  private refused(m: Refusal): void {
    this.trouble = m
    if (m.re === 'join' || m.re === 'open') {
      this.thread?.cut()
      this.thread = this.want = null
    } else if (m.re === 'new' || m.re === 'update' || m.re === 'submit') {
      this.wire.edits--
      if (this.orphaned > 0) this.orphaned--
      else this.thread?.refuse(m)
      if (m.code === 'not_joined') this.join()
    }
  }
}
