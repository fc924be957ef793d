import '../base/base.css'
import './inbox.css'
// The inbox: a name first, then the threads.

import { render } from 'preact'
import { useState } from 'preact/hooks'
import { ask, socketURL } from '../base/api'
import { Login } from '../base/login'
import { remembered } from '../base/name'
import { Socket } from '../base/socket'
import { start } from '../base/start'
import { Inbox } from './inbox'
import { Threads } from './threads'

function Page({ threads }: { threads: Threads }) {
  const [user, setUser] = useState(remembered)
  return user ? <Inbox threads={threads} user={user} onName={setUser} /> : <Login onName={setUser} />
}

/** goal is where an old address leads: the deck was at /, with the thread in the fragment. */
function goal(): string | null {
  const raw = location.hash.slice(1)
  if (!raw) return null
  try { return `/t/${encodeURIComponent(decodeURIComponent(raw))}` } catch { return `/t/${encodeURIComponent(raw)}` }
}

function boot(): void {
  const threads = new Threads({
    socket: (listener) => new Socket(socketURL(), listener),
    page: (cursor, limit) => ask(`/api/threads?cursor=${encodeURIComponent(cursor)}&limit=${limit}`),
  })
  addEventListener('hashchange', () => { const to = goal(); if (to) location.replace(to) })
  render(<Page threads={threads} />, document.body)
}

const to = goal()
if (to) location.replace(to)
else start(boot)
