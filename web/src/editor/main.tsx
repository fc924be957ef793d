// /t/T is the editor, /t/T@AT the text of that moment; each is loaded when it is
// needed, with its own style. A browser without a name sees the login first; the
// address stays.

import { render } from 'preact'
import { socketURL } from '../base/api'
import { remembered } from '../base/name'
import { beginEarly } from '../base/socket'
import { phrases } from '../base/phrases'
import '../base/base.css'
import '../base/theme'
import { placeOf, type Place } from '../base/place'
import { Refused } from './refused'
import { words } from './words'
import './main.css'

const root = document.createElement('div')
root.id = 'page'
document.body.append(root)

const place = placeOf(location.pathname)
const name = remembered()
if (!place) refuse(words.noAddress)
else if (name) enter(place, name)
else import('../base/login').then(({ Login }) => render(<Login onName={(given) => enter(place, given)} />, root), () => refuse(words.partMissing))

function enter({ thread, at }: Place, user: string): void {
  render(null, root)
  const missing = (): void => refuse(words.partMissing)
  if (at !== null) import('../history/main').then((m) => m.openHistory(root, thread, at), missing)
  else if (typeof WebSocket === 'undefined') refuse(phrases.noSocket)
  else {
    beginEarly(socketURL())
    import('./open').then((m) => m.openEditor(root, thread, user), missing)
  }
}

function refuse(text: string): void {
  render(<Refused code="" text={text} />, root)
}
