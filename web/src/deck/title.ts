// The thread's title, which turns into a field where it stands.

import type { Client } from './client'
import { el, hint, say, show } from './dom'
import { why, words } from './words'

export function titleView(client: Client): { root: HTMLElement; draw(): void } {
  const button = el('button', { type: 'button', class: 'title', title: words.rename })
  const heading = el('h1', {}, button)
  const field = el('input', {
    type: 'text', class: 'title', maxlength: '200', required: true, 'aria-label': words.title,
    'aria-describedby': 'title-error', autocomplete: 'off', enterkeyhint: 'done',
  })
  const form = el('form', {}, field)
  const error = el('p', { id: 'title-error', class: 'error', role: 'alert' })
  let editing = false
  let asked: string | null = null

  const edit = (on: boolean): void => {
    editing = on
    draw()
    if (!on) return
    field.value = client.room?.title ?? ''
    field.focus()
    field.select()
  }
  const done = (back: boolean): void => {
    if (!editing) return
    const title = field.value.trim()
    asked = title && title !== client.room?.title ? title : null
    edit(false)
    if (asked) client.rename(asked)
    if (back) button.focus()
  }
  button.addEventListener('click', () => edit(true))
  form.addEventListener('submit', (e) => { e.preventDefault(); done(true) })
  field.addEventListener('blur', () => done(false))
  field.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || e.isComposing) return
    e.stopPropagation()
    editing = false
    draw()
    button.focus()
  })

  const draw = (): void => {
    const trouble = client.troubles.title
    if (client.room?.title === asked || trouble) asked = null
    // Until the server says so, the new title is only asked for, and shown as that.
    say(button, asked ?? client.room?.title ?? '')
    button.classList.toggle('asked', asked !== null)
    hint(button, words.rename)
    show(heading, !editing)
    show(form, editing)
    say(error, trouble ? why(trouble.code, trouble.text) : '')
  }
  return { root: el('div', { class: 'heading' }, heading, form, error), draw }
}
