// The card over the gutter, about one line.

import type { Text } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { initials, type Palette } from '../../base/authors'
import { ask } from '../../base/api'
import { phrases } from '../../base/phrases'
import { shownAuthors } from '../../base/visible'
import { ago, counted, exactly, lasting, machineTime, number } from '../../base/words'
import { gapsAt, gapsOf, shortened, type Gap } from './gaps'
import { isBlank, type Author, type Row } from './rows'
import { rowsOf } from './state'
import { historyURL, linesURL, type HistoryAnswer, type LinesAnswer, type Part } from './lineage-answer'
import { Parts } from './parts'
import { words } from './words'
import { words as gutter } from './words-gutter'

/** The part of a Session that the card needs. */
export interface CardSource {
  readonly thread: string
  readonly ahead: number
  link: 'connecting' | 'up' | 'down'
  onChange(f: () => void): () => void
  confirmed(): { rev: number; text: Text }
  toConfirmed(pos: number): number
}

interface Word { text: string; author: Author; at: number }
type Found = { words: Word[]; was: Part[] | null } | 'asking' | 'offline' | 'failed' | 'local'

interface CardProps { session: CardSource; palette: Palette; view: EditorView; pos: number; focus: boolean; drawn(): void; onHistory(): void }

export function Card(p: CardProps) {
  const { doc } = p.view.state
  const line = doc.lineAt(p.pos)
  const row = rowsOf(p.view.state)?.at(line.number - 1)
  const found = useLine(p, row)
  useLayoutEffect(p.drawn, [found])
  const label = words.wrote(number(line.number))
  const { above, below } = gapsAt(gapsOf(p.view.state), line.from, line.to)
  return (
    <div role={p.focus ? 'dialog' : 'tooltip'} aria-label={label} tabIndex={-1} class="card-body">
      {row && !isBlank(row) ? <Who row={row} palette={p.palette} /> : <p class="quiet">{words.nobody}</p>}
      {row && p.session.ahead > 0 && row.at > Date.now() && <p class="quiet">{phrases.clockAhead(lasting(p.session.ahead))}</p>}
      {typeof found === 'object' && <Told {...found} palette={p.palette} />}
      {found === 'offline' && <p class="quiet">{words.offline}</p>}
      {found === 'failed' && <p class="quiet">{words.unread}</p>}
      {above.map((g) => <Deleted gap={g} say={words.deletedAbove} />)}
      {below.map((g) => <Deleted gap={g} say={words.deletedBelow} />)}
      <p><button type="button" onClick={p.onHistory}>{words.openHistory}</button></p>
    </div>
  )
}

function Deleted({ gap, say }: { gap: Gap; say: typeof words.deletedAbove }) {
  return (
    <>
      <p class="quiet">{say(counted(gutter.deleted, gap.lines), gap.author.name, ago(gap.at, Date.now()))}</p>
      <p class="card-was"><span class="quiet">{gutter.was}: </span><del>{shortened(gap.text)}</del></p>
    </>
  )
}

function Who({ row, palette }: { row: Row; palette: Palette }) {
  return (
    <p class={`card-who a${palette.of(row.author.name)}`}>
      <span class="initials" aria-hidden="true">{initials(row.author.name)}</span>
      <strong class="author">{row.author.name}</strong>
      <time class="quiet" dateTime={machineTime(row.at)} title={exactly(row.at)}>
        {row.pending ? words.notOnDisk : ago(row.at, Date.now())}
      </time>
      {row.rev > 0 && <span class="quiet">#{row.rev}</span>}
      {row.submitted && <span class="quiet">{gutter.finished}</span>}
    </p>
  )
}

function Told(p: { words: Word[]; was: Part[] | null; palette: Palette }) {
  const authors = [...new Map(p.words.map((w) => [w.author.id, w.author])).values()]
  return (
    <>
      {authors.length > 1 && (
        <p class="card-words">
          {p.words.map((w) => (
            <span class={`word a${p.palette.of(w.author.name)}`} title={words.by(w.author.name, ago(w.at, Date.now()))}>
              {w.text}<span class="unseen"> ({w.author.name}) </span><sub aria-hidden="true">{initials(w.author.name)}</sub>
            </span>
          ))}
        </p>
      )}
      {p.was && <p class="card-was"><span class="quiet">{gutter.was}: </span>{p.was.some(([text]) => text) ? <Parts parts={p.was} /> : <span class="quiet">{words.wasEmpty}</span>}</p>}
    </>
  )
}

/** useLine requests the words and the last change of the line from the server. */
function useLine({ session, view, pos }: CardProps, row: Row | undefined): Found {
  const [found, tell] = useState<Found>(row?.pending ? 'local' : 'asking')
  useEffect(() => {
    if (!row || row.pending || isBlank(row)) return tell('local')
    const stop = new AbortController()
    const line = view.state.doc.lineAt(pos)
    about(session, line.from, line.text, stop.signal).then(tell, () => {
      if (!stop.signal.aborted) tell(session.link === 'up' ? 'failed' : 'offline')
    })
    return () => stop.abort()
  }, [])
  return found
}

async function about(session: CardSource, from: number, here: string, signal: AbortSignal): Promise<Found> {
  if (session.link !== 'up') return 'offline'
  const { rev, text } = session.confirmed()
  const line = text.lineAt(session.toConfirmed(from))
  if (line.text !== here) return 'local' // with edits that are not in the log yet
  const said = await ask<LinesAnswer>(linesURL(session.thread, rev, line.number - 1, line.number, true), { signal })
  const id = said.lines[0]?.[4]
  if (id === undefined) return 'failed'
  const history = await ask<HistoryAnswer>(historyURL(session.thread, id, { at: said.rev, limit: 1 }), { signal })
  const last = history.entries.find((e) => e.parts.some(([, what]) => what !== 0))
  const was = last && !last.kinds.includes('born') ? last.parts.filter(([, what]) => what !== 1) : null
  return { words: spread(line.text, said), was }
}

/** spread cuts a line's text by its spans; neighbours of one author become one. */
export function spread(text: string, said: LinesAnswer): Word[] {
  const out: Word[] = []
  const authors = shownAuthors(said.authors)
  let at = 0
  for (const [length, , author, time] of said.words?.[0] ?? []) {
    const piece = text.slice(at, at += length)
    const who = authors[author] ?? { id: '', name: '?', kind: '' }
    const last = out.at(-1)
    if (last && last.author.id === who.id) {
      last.text += piece
      last.at = Math.max(last.at, time)
    } else out.push({ text: piece, author: who, at: time })
  }
  return out
}
