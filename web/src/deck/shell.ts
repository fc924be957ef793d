// What stands above every view: the name of the place, who is here, one's own
// name, and what has become of the connection.

import type { Client } from './client'
import { el, say, show } from './dom'
import { phrases } from '../base/phrases'
import { counted } from '../base/words'
import { why, words } from './words'

export interface Shell { root: HTMLElement; draw(): void }

export function shell(client: Client, rename: () => void, retry: () => void): Shell {
  const here = el('span', { class: 'quiet here' })
  const name = el('button', { type: 'button', class: 'name', title: phrases.changeName })
  const header = el('header', {}, el('a', { href: '/', class: 'brand' }, 'Parody Wave'), el('a', { href: '#', class: 'quiet mode' }, phrases.deck), here, name)
  const live = el('p', { role: 'status', 'aria-live': 'polite' })
  const again = el('button', { type: 'button' }, phrases.tryNow)
  const banner = el('div', { class: 'banner' }, live, again)
  const error = el('p', { class: 'error', role: 'alert' })
  name.addEventListener('click', rename)
  again.addEventListener('click', retry)
  let broken = false

  const draw = (): void => {
    say(here, client.status && client.link === 'up' ? counted(words.here, client.status.connections) : '')
    say(name, client.user)
    show(name, client.user !== '')
    if (client.link === 'down') broken = true
    const down = client.link === 'down'
    banner.classList.toggle('down', down)
    show(again, down)
    say(live, down ? (client.room ? words.lost : phrases.offline)
      : client.link === 'connecting' ? phrases.connecting : broken ? words.connected : '')
    const trouble = client.troubles.page
    say(error, trouble ? why(trouble.code, trouble.text) : '')
  }
  return { root: el('div', { class: 'shell' }, header, banner, error), draw }
}
