// One thread: its title, whether it changed, and who is there.

import { useId } from 'preact/hooks'
import { initials, type Palette } from '../base/authors'
import { ago, counted, exactly, machineTime, number } from '../base/words'
import { threadPath } from './field'
import { shownTitle } from '../base/visible'
import type { Row } from '../base/row'
import { words } from './words'

const FACES = 3 // people shown one by one; the rest is a number

export function ThreadRow(p: { row: Row; seen: number | null; now: number; palette: Palette }) {
  const { row, palette } = p
  const id = useId()
  const fresh = p.seen === null || row.rev > p.seen
  const news = p.seen === null ? words.unseen : fresh ? words.changed : words.unchanged
  return (
    <li onClick={follow}>
      <span class={fresh ? 'dot fresh' : 'dot'} title={news}><span class="unseen" id={`${id}-news`}>{news}.</span></span>
      <a class="title" href={threadPath(row.id)} aria-describedby={`${id}-news ${id}-who ${id}-when`}>{shownTitle(row.title) || row.id}</a>
      <span class="who" id={`${id}-who`}>
        {row.typing.length > 0 && (
          <span class="typing" title={words.typing(row.typing.join(', '))}>
            <span class="unseen">{words.typing(row.typing.join(', '))}.</span>
            <span aria-hidden="true">{number(row.typing.length)}</span><Pencil />
          </span>
        )}
        {row.here.length > 0 && <Here names={row.here} palette={palette} />}
      </span>
      <span class="last">{row.last && `“${row.last}”`}</span>
      <span class="meta" id={`${id}-when`}>
        <span>{counted(words.lines, row.lines)}</span>
        <time dateTime={machineTime(row.at)} title={exactly(row.at)}>
          {row.by && <span class="by">{row.by}</span>}<span>{row.by && ', '}{ago(row.at, p.now)}</span>
        </time>
      </span>
    </li>
  )
}

/**
 * The link contains only the title, which names it, and lies under the whole row.
 * Parts with a tooltip lie above the link and pass clicks on to it.
 */
function follow(e: MouseEvent & { currentTarget: HTMLElement }): void {
  if ((e.target as Element).closest('a')) return
  const { ctrlKey, metaKey, shiftKey } = e
  e.currentTarget.querySelector('a')?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }))
}

function Here({ names, palette }: { names: string[]; palette: Palette }) {
  const all = words.isHere(names.join(', '))
  const more = names.length - FACES
  return (
    <span class="faces" title={all}>
      <span class="unseen">{all}</span>
      {names.slice(0, more === 1 ? FACES + 1 : FACES).map((name) => (
        <span key={name} class={`face a${palette.of(name)}`} aria-hidden="true">
          <span class="initials">{initials(name)}</span>{names.length <= 2 && <span class="author">{name}</span>}
        </span>
      ))}
      {more > 1 && <span class="quiet" aria-hidden="true">+{number(more)}</span>}
    </span>
  )
}

const Pencil = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="m3 13 .8-3.2 6.7-6.7 2.4 2.4-6.7 6.7zM9 4.6 11.4 7" /></svg>
)
