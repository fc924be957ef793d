// /t/T is the editor; /t/T@AT that moment, which comes when it is asked for.
// Without a name there is the login first; the address stays.

import { render } from 'preact'
import { socketURL } from '../base/api'
import { Login } from '../base/login'
import { remembered } from '../base/name'
import { phrases } from '../base/phrases'
import { Socket } from '../base/socket'
import '../base/base.css'
import '../base/theme'
import { Page } from './page'
import { placeOf, type Place } from './place'
import { Refused } from './refused'
import { Session } from './session'
import { Settings, storage } from './settings'
import { openStore } from './store'
import { words } from './words'

const root = document.createElement('div')
root.id = 'page'
document.body.append(root)

const place = placeOf(location.pathname)
const name = remembered()
if (!place) render(<Refused code="" text={words.noAddress} />, root)
else if (name) enter(place, name)
else render(<Login onName={(given) => enter(place, given)} />, root)

function enter({ thread, at }: Place, user: string): void {
  render(null, root)
  if (at !== null) {
    import('../history/main').then((m) => m.openHistory(root, thread, at), () => render(<Refused code="" text={words.partMissing} />, root))
    return
  }
  if (typeof WebSocket === 'undefined') {
    render(<Refused code="" text={phrases.noSocket} />, root)
    return
  }
  const session = new Session({ thread, user, socket: (hearer) => new Socket(socketURL(), hearer), store: openStore() })
  session.start()
  render(<Page session={session} settings={new Settings(thread, storage())} />, root)
}
