import '../base/base.css'
import './deck.css'
// Puts the parts together: one connection, one client, and the address, whose
// fragment is the thread on the page.

import { render } from 'preact'
import { socketURL } from '../base/api'
import { useChanges } from '../base/changes'
import { Connection } from '../base/connection'
import { Header } from '../base/header'
import { Login } from '../base/login'
import { remembered } from '../base/name'
import { phrases, why } from '../base/phrases'
import { Socket } from '../base/socket'
import { start } from '../base/start'
import { shownTitle } from '../base/visible'
import { counted } from '../base/words'
import { Client } from './client'
import { Lines } from './lines'
import { List } from './list'
import { decode } from './wire'
import { words } from './words'

function Page({ client, onRetry }: { client: Client; onRetry(): void }) {
  useChanges(client)
  const { id, thread, trouble, unsaved } = client
  if (!client.user) return <Login onName={(name) => client.login(name)} />
  return (
    <div class="page">
      <Header user={client.user} onName={(name) => client.login(name)}>
        <a href="#" class="quiet back">{id ? `‹ ${phrases.allThreads}` : phrases.deck}</a>
        <span class="label here">{client.connections !== null && counted(words.connections, client.connections)}</span>
      </Header>
      <Connection link={client.link} down={thread ? words.lost : phrases.offline} onRetry={onRetry} />
      <p class="error" role="alert">{trouble && why(trouble.code, trouble.text)}</p>
      {unsaved.length > 0 && (
        <div class="unsaved" role="alert">
          <p>{words.unsaved}</p>
          <ul>{unsaved.map((value, i) => <li key={i}>{value}</li>)}</ul>
          <button type="button" onClick={() => { client.unsaved = []; client.changed() }}>{phrases.close}</button>
        </div>
      )}
      {thread ? <Lines key={id} client={client} thread={thread} /> : id ? <main aria-busy="true" /> : <List client={client} />}
    </div>
  )
}

function boot(): void {
  const client = new Client((m) => socket.send(JSON.stringify(m)), (f) => { setTimeout(f, 1500) })
  const socket = new Socket(socketURL(), {
    up: () => client.connected(),
    down: () => client.disconnected(),
    text: (frame) => client.receive(decode(frame)),
  })
  const stay = (e: Event): void => e.preventDefault()
  client.onChange(() => {
    // A standing listener would keep the page out of the browser's cache.
    void (client.thread?.dirty ? addEventListener : removeEventListener)('beforeunload', stay)
    document.title = client.thread ? `${shownTitle(client.thread.title)} — Parody Wave` : 'Parody Wave'
    const hash = client.id ? `#${client.id}` : ''
    if (hash !== location.hash) history[hash ? 'pushState' : 'replaceState'](null, '', hash || location.pathname)
  })
  const goal = (): Client['want'] => (location.hash.length > 1 ? { id: location.hash.slice(1) } : null)
  const follow = (): void => { if (location.hash.slice(1) !== (client.id ?? '')) client.go(goal()) }
  addEventListener('hashchange', follow)
  client.user = remembered()
  follow()
  socket.live()
  render(<Page client={client} onRetry={() => socket.now()} />, document.body)
}

start(boot)
