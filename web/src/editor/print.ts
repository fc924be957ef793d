// The text on paper. The editor draws only the part on the screen, so for
// printing the whole text is laid out beside it, and removed afterwards.

import type { EditorState } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { exactly } from '../base/words'
import { shownTitle } from '../base/visible'
import { rowsOf } from './blame/state'
import type { Session } from './session/session'
import { words } from './words'

/** PrintRow is a printed line; the author is there if it differs from the line above. */
export interface PrintRow { number: number; author: string; text: string }

/** printRows are all lines of a state. The empty one after a final line break is not printed. */
export function printRows(state: EditorState): PrintRow[] {
  const rows = rowsOf(state)
  const out: PrintRow[] = []
  let above = ''
  let n = 0
  for (let lines = state.doc.iterLines(); !lines.next().done;) {
    const author = rows && n < rows.length ? rows.at(n).author.name : ''
    n++
    if (n === state.doc.lines && lines.value === '' && n > 1) break
    out.push({ number: n, author: author === above ? '' : author, text: lines.value })
    above = author
  }
  return out
}

/** printing lays the text out whenever the browser prints, until the returned function is called. */
export function printing(view: EditorView, session: Session): () => void {
  let sheet: HTMLElement | null = null
  const before = (): void => {
    sheet?.remove()
    sheet = lay(session, printRows(view.state))
    document.body.append(sheet)
  }
  const after = (): void => { sheet?.remove(); sheet = null }
  addEventListener('beforeprint', before)
  addEventListener('afterprint', after)
  return () => { after(); removeEventListener('beforeprint', before); removeEventListener('afterprint', after) }
}

function lay(session: Session, rows: PrintRow[]): HTMLElement {
  const sheet = document.createElement('article')
  sheet.className = 'printed'
  const title = document.createElement('h1')
  title.textContent = shownTitle(session.title) || words.untitled
  const when = document.createElement('p')
  when.textContent = `#${session.rev} · ${exactly(Date.now())} · ${location.host}/t/${session.thread}`
  const table = document.createElement('table')
  for (const row of rows) {
    const tr = table.insertRow()
    for (const [name, text] of [['who', row.author], ['nr', String(row.number)], ['what', row.text]] as const) {
      const cell = tr.insertCell()
      cell.className = name
      cell.textContent = text
    }
  }
  sheet.append(title, when, table)
  return sheet
}
