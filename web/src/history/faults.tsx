// Shown when there is no moment: why, and links that lead on.

import { phrases } from '../base/phrases'
import { number } from '../base/words'
import type { Past } from './past'
import { address, now } from './place'
import { words } from './words'

export function Fault(p: { past: Past; at: string; onAgain(): void }) {
  const { past } = p
  if (past.phase === 'missing') return <main class="fault"><h1>{phrases.codes.not_found}</h1><p><a href="/">{phrases.allThreads}</a></p></main>
  if (past.phase === 'failed') {
    return <main class="fault"><h1>{words.failed}</h1><p class="ways"><button type="button" onClick={p.onAgain}>{words.retry}</button><a href="/">{phrases.allThreads}</a></p></main>
  }
  const { title = '', head = 1, versions = [] } = past.timeline ?? {}
  return (
    <main class="fault">
      <h1>{words.nowhere(p.at, title)}</h1>
      <p>{words.range(number(head))} {words.nowhereHint}</p>
      <p class="ways"><a href={address(past.thread, head, null)}>{words.newest}</a><a href={now(past.thread)}>{words.back}</a></p>
      {versions.length > 0 && (
        <>
          <h2>{words.versions}</h2>
          <ul>{versions.map((v) => <li key={v.name}><a href={address(past.thread, v.rev, null)}>{v.name}</a></li>)}</ul>
        </>
      )}
    </main>
  )
}
