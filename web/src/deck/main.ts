import '../base/base.css'
import './style.css'
// Puts the parts together: one connection, one client, one view at a time, and
// the address, whose fragment is the thread one is in.

import { socketURL } from '../base/api'
import { remember, remembered } from '../base/name'
import { phrases } from '../base/phrases'
import { Socket } from '../base/socket'
import '../base/theme'
import { Client } from './client'
import { el, type View } from './dom'
import { loginView } from './login'
import { shell } from './shell'
import { threadView } from './thread'
import { threadsView } from './threads'
import { decode } from './wire'

function boot(): void {
  let due = false
  let naming = false
  let view: View | null = null
  const changed = (): void => {
    thread.keep?.()
    if (due) return
    due = true
    // One drawing a frame; a hidden page gets no frames.
    if (document.hidden) setTimeout(draw)
    else requestAnimationFrame(draw)
  }
  const client = new Client({
    send: (m) => socket.send(JSON.stringify(m)),
    later: (ms, f) => { setTimeout(f, ms) },
    changed,
  })
  const socket = new Socket(socketURL(), {
    up: () => client.connected(),
    down: () => client.disconnected(),
    text: (frame) => {
      const m = decode(frame)
      if (m) client.receive(m)
    },
  })

  const named = (name: string): void => {
    remember(name)
    naming = false
    client.login(name)
  }
  const frame = shell(client, () => { naming = true; changed() }, () => socket.now())
  const list = threadsView(client)
  const thread = threadView(client, changed)
  let login = loginView(remembered(), named)
  document.body.append(frame.root)

  const stay = (e: Event): void => e.preventDefault()
  const draw = (): void => {
    due = false
    // Only while it is needed: a standing listener keeps pages out of the browser's cache.
    if (client.dirty) addEventListener('beforeunload', stay)
    else removeEventListener('beforeunload', stay)
    frame.draw()
    const asking = naming || !client.user
    if (asking && view !== login) login = loginView(client.user || remembered(), named)
    const next = asking ? login : client.want ? thread : list
    if (!asking) address(client)
    document.title = client.room && !asking ? `${client.room.title} — Parody Wave` : 'Parody Wave'
    next.draw()
    if (next === view) return
    view?.root.remove()
    document.body.append(next.root)
    view = next
    view.shown?.()
  }

  const follow = (): void => {
    naming = false
    const id = fragment()
    if (id) client.go(id)
    else if (client.want) client.leave()
    changed()
  }
  addEventListener('hashchange', follow)
  addEventListener('online', () => socket.now())
  addEventListener('pagehide', () => socket.close())
  addEventListener('pageshow', () => socket.open())
  follow()
  if (remembered()) client.login(remembered())
  socket.open()
  changed()
}

function fragment(): string {
  const raw = location.hash.slice(1)
  try { return decodeURIComponent(raw) } catch { return raw }
}

/** address puts the thread into the address, so that it can be sent to others. */
function address(client: Client): void {
  const hash = client.want ? `#${encodeURIComponent(client.want)}` : ''
  if (hash === location.hash) return
  if (hash) history.pushState(null, '', hash)
  else history.replaceState(null, '', location.pathname + location.search)
}

if ('WebSocket' in globalThis) boot()
else document.body.append(el('main', {}, el('h1', {}, 'Parody Wave'), el('p', { role: 'alert' }, phrases.noSocket)))
