// A line through a change: inserted text underlined, deleted text struck out.

import type { Part } from './lineage-answer'
import { words } from './words'

export function Parts({ parts }: { parts: readonly Part[] }) {
  return (
    <>
      {parts.map(([text, what]) => {
        if (what === 1) return <ins><span class="unseen"> [{words.inserted}: </span>{text}<span class="unseen">] </span></ins>
        if (what === -1) return <del><span class="unseen"> [{words.removed}: </span>{text}<span class="unseen">] </span></del>
        return <span>{text}</span>
      })}
    </>
  )
}
