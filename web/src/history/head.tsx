// The top of the page: the way back, the thread, and the moment.

import { BackArrow } from '../base/arrow'
import { NameMenu } from '../base/header'
import { Menu, MenuButton } from '../base/menu'
import { exactly, machineTime, number } from '../base/words'
import { initials } from '../base/authors'
import { shownName, shownTitle } from '../base/visible'
import type { Cast } from './cast'
import type { Past } from './past'
import { now as nowPath } from './place'
import { versionAt } from './timeline'
import { when } from './when'
import { revision, words } from './words'

export function Head(p: { past: Past; user: string; onName(name: string): void }) {
  return (
    <header class="bar">
      {p.past.phase === 'missing'
        ? <a class="brand" href="/">Parody Wave</a>
        : <a class="back-to-now" href={nowPath(p.past.thread)}><BackArrow /><span>{words.back}</span></a>}
      <div class="bar-own">{p.past.phase === 'there' && <h1>{shownTitle(p.past.timeline?.title ?? '')}</h1>}</div>
      <Versions past={p.past} />
      <NameMenu user={p.user} onName={p.onName} />
    </header>
  )
}

/** Versions lists the moments that have names, the newest first. */
function Versions(p: { past: Past }) {
  const { past } = p
  const versions = past.timeline?.versions ?? []
  if (past.phase !== 'there' || versions.length === 0) return null
  return (
    <Menu class="versions" face={words.versions}>
      {versions.toReversed().map((v) => (
        <MenuButton key={v.name} onClick={() => past.jump(v.rev)}>
          <span class="version-name">{shownName(v.name)}</span>
          <span class="quiet" title={exactly(v.at)}>{revision(v.rev)}{v.by ? ` · ${shownName(v.by)}` : ''}</span>
        </MenuButton>
      ))}
    </Menu>
  )
}

/** Caption has the moment's time, its author, and the size of the change. */
export function Caption(p: { past: Past; cast: Cast; now: number }) {
  const { past } = p
  const { timeline, here: step, shown } = past
  if (!timeline || !step) return null
  // Within a step, the moment has the exact time, once it is loaded.
  const at = shown?.rev === past.rev ? shown.at : step.end
  const by = p.cast.naming(timeline.authors)
  const name = by.name(step.author)
  const version = versionAt(timeline.versions, past.rev)
  return (
    <p class="caption">
      <time dateTime={machineTime(at)} title={exactly(at)}>{when(at, p.now)}</time>
      <span class={`person ${by.colour(step.author)}`}><span class="initials" aria-hidden="true">{initials(name)}</span><span class="author">{name}</span></span>
      <span class="rev">{revision(past.rev)}</span>
      {version && <strong>{shownName(version.name)}</strong>}
      {past.anchor === null && !past.fine && past.rev === step.to && (step.inserted > 0 || step.deleted > 0) && (
        <span class="counts quiet"><span aria-hidden="true">{words.counts(number(step.inserted), number(step.deleted))}</span>
          <span class="unseen">{words.countsSpoken(number(step.inserted), number(step.deleted))}</span></span>
      )}
    </p>
  )
}
