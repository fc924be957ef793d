// Who is in the thread: a few initials in the bar, everybody in a list.

import { initials, type Palette } from '../base/authors'
import { counted } from '../base/words'
import { usePopover } from './popover'
import type { Person } from './session/presence'
import { words } from './words'

const FEW = 4 // initials in the bar

/** `me` is this person's author id; one author in two windows is one person. */
export function People(p: { people: readonly Person[]; me: string | null; palette: Palette }) {
  const people = once(p.people, p.me)
  const hang = usePopover()
  if (people.length === 0) return null
  const names = people.map((one) => one.user).join(', ')
  const few = people.slice(0, people.length > FEW ? FEW - 1 : FEW)
  const more = people.length - few.length
  return (
    <>
      <button type="button" class="people plain" {...hang.button} title={names}>
        <span class="unseen">{counted(words.here, people.length)}: {names}</span>
        <span class="only-wide" aria-hidden="true">
          {few.map((one) => <Initials key={one.author} user={one.user} palette={p.palette} />)}
          {more > 0 && <span class="more">+{more}</span>}
        </span>
        <span class="only-narrow" aria-hidden="true">
          <Initials user={people[0]!.user} palette={p.palette} />
          {people.length > 1 && <span class="more">+{people.length - 1}</span>}
        </span>
      </button>
      <div {...hang.panel} class="people-list">
        <h2>{counted(words.here, people.length)}</h2>
        <ul>
          {people.map((one) => (
            <li key={one.author}>
              <Initials user={one.user} palette={p.palette} />
              <span>{one.user}{one.author === p.me && <span class="quiet"> {words.you}</span>}</span>
              {one.mode === 'line' && <span class="quiet">{words.lineMode}</span>}
            </li>
          ))}
        </ul>
      </div>
    </>
  )
}

const Initials = (p: { user: string; palette: Palette }) => <span class={`initials a${p.palette.of(p.user)}`} aria-hidden="true">{initials(p.user)}</span>

/** once has each author once, in the given order, and this person last: they look for the others. */
export function once(people: readonly Person[], me: string | null): Person[] {
  const all = new Map<string, Person>()
  for (const one of people) if (all.get(one.author)?.mode !== 'text') all.set(one.author, one)
  const own = me === null ? undefined : all.get(me)
  const others = [...all.values()].filter((one) => one !== own)
  return own ? [...others, own] : others
}
