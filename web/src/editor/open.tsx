// The editor is loaded apart from main.tsx: the login and the moments of the past
// need none of it.

import { render } from 'preact'
import { socketURL } from '../base/api'
import { Socket } from '../base/socket'
import { Page } from './page'
import { Session } from './session/session'
import { Settings, storage } from './settings'
import { openStore } from './session/store'

/** openEditor puts the thread's editor into root, as user. */
export function openEditor(root: HTMLElement, thread: string, user: string): void {
  const session = new Session({ thread, user, socket: (listener) => new Socket(socketURL(), listener), store: openStore() })
  session.start()
  sendOthersOnce(session)
  render(<Page session={session} settings={new Settings(thread, storage())} />, root)
}

/** sendOthersOnce sends the outboxes that closed pages left in this browser, once this page has joined its own thread. */
function sendOthersOnce(session: Session): void {
  const end = session.onChange(() => {
    if (session.link !== 'up' || session.phase !== 'open') return
    end()
    import('./session/orphaned-outboxes').then((m) => m.sendOrphanedOutboxes()).catch(() => { /* the next page tries again */ })
  })
}
