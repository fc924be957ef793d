// What changed between two moments: by whom, how much, and from change to change.

import { initials } from '../base/authors'
import { number } from '../base/words'
import type { Cast } from './cast'
import { Icon } from './controls'
import { ghosts, lit, places, shares, type Place } from './moment'
import type { Past } from './past'
import { NEAR } from './sheet'
import { revision, words } from './words'

/** changesOf are the places where the moment on the page differs. */
export function changesOf(past: Past): Place[] {
  const { shown, key } = past
  return shown && key ? places(lit(shown.blame.spans, key.since), ghosts(shown.deleted ?? []), NEAR) : []
}

/** at is the index of the change that is looked at; onGo another one. */
export function Comparison(p: { past: Past; cast: Cast; changes: readonly Place[]; at: number; onGo(index: number): void }) {
  const { shown, key, anchor, rev } = p.past
  if (anchor === null) return null
  const [from, to] = [Math.min(anchor, rev), Math.max(anchor, rev)]
  const fresh = shown && key && !p.past.behind
  const all = fresh ? shares(lit(shown.blame.spans, key.since), ghosts(shown.deleted ?? [])) : []
  const by = p.cast.naming(shown?.blame.authors ?? [])
  const count = p.changes.length
  const here = p.changes[p.at]
  return (
    <section class="comparison" aria-label={words.comparing(revision(from), revision(to))}>
      <p><strong>{words.comparing(revision(from), revision(to))}</strong></p>
      {from === to ? <p class="quiet">{words.compareHint}</p> : fresh && count === 0 && <p class="quiet">{words.unchanged}</p>}
      <ul class="shares">
        {all.map((share) => (
          <li key={share.author} class={`person ${by.colour(share.author)}`}>
            <span class="initials" aria-hidden="true">{initials(by.name(share.author))}</span>
            <span class="author">{by.name(share.author)}</span>
            <span class="quiet" aria-hidden="true">{words.counts(number(share.inserted), number(share.deleted))}</span>
            <span class="unseen">{words.countsSpoken(number(share.inserted), number(share.deleted))}</span>
          </li>
        ))}
      </ul>
      {count > 0 && (
        <div class="walk">
          <Icon label={words.previousChange} onClick={() => p.onGo((p.at - 1 + count) % count)}><path d="m3 10 5-5 5 5" /></Icon>
          <Icon label={words.nextChange} onClick={() => p.onGo((p.at + 1) % count)}><path d="m3 6 5 5 5-5" /></Icon>
          <span class="quiet">{words.change(number(p.at + 1), number(count))}{here && ` · ${by.name(here.author)}`}</span>
        </div>
      )}
    </section>
  )
}
