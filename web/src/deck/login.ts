// The first page: one field, one button, one sentence.

import { el, type View } from './dom'
import { phrases } from '../base/phrases'

export function loginView(name: string, done: (name: string) => void): View {
  const field = el('input', {
    id: 'name', name: 'name', type: 'text', required: true, maxlength: '64', value: name,
    autocomplete: 'nickname', autocapitalize: 'words', spellcheck: 'false', enterkeyhint: 'go',
  })
  const form = el('form', {},
    el('h1', {}, 'Parody Wave'),
    el('p', { class: 'quiet' }, phrases.what),
    el('label', { for: 'name' }, phrases.yourName),
    el('div', { class: 'ask' }, field, el('button', { type: 'submit', class: 'main' }, phrases.enter)),
  )
  form.addEventListener('submit', (e) => {
    e.preventDefault()
    const text = field.value.trim()
    if (text) done(text)
    else field.focus()
  })
  return { root: el('main', { class: 'login' }, form), draw: () => {}, shown: () => { field.focus(); field.select() } }
}
