// The editor, which comes apart from the page's address and login: a moment of
// the past needs none of it.

import { render } from 'preact'
import { socketURL } from '../base/api'
import { Socket } from '../base/socket'
import { Page } from './page'
import { Session } from './session'
import { Settings, storage } from './settings'
import { openStore } from './store'

/** openEditor puts the thread's editor into root, as user. */
export function openEditor(root: HTMLElement, thread: string, user: string): void {
  const session = new Session({ thread, user, socket: (hearer) => new Socket(socketURL(), hearer), store: openStore() })
  session.start()
  render(<Page session={session} settings={new Settings(thread, storage())} />, root)
}
