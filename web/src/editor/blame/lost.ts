// Which whole lines a change deletes, and where they stood: the rule of the server
// (projection.Missing), for the changes since a text.

import type { ChangeSet, Text } from '@codemirror/state'

/** Lines are lost at a place of the text after: from…to stand in their stead, if anything. Behind: below the line that is at from. */
export interface Lost { from: number; to: number; behind: boolean; lines: number; text: string }

/**
 * lost are the whole lines that changes delete. At each place there are as many as
 * breaks were deleted, or one less if the lines before and behind both lost only a
 * part and are one line now. Lines that are there again, that went elsewhere by a
 * move, or that are all blank are left out.
 */
export function lost(changes: ChangeSet, before: Text, moved: readonly string[] = []): Lost[] {
  const out: Lost[] = []
  const elsewhere = [...moved]
  let put: string[] = [], end = -2
  changes.iterChanges((fromA, toA, from, to, insert) => {
    // With a break between them, they may be a line that was written behind the one before.
    put = [...(fromA - end <= 1 ? put : []), ...insert.iterLines()]
    end = toA
    const { lines, behind } = wholeLines(before, fromA, toA)
    const gone = lines.filter((text) => !text.trim() || !(take(put, text) || take(elsewhere, text)))
    if (gone.some((text) => text.trim())) out.push({ from, to, behind, lines: gone.length, text: gone.join('\n') })
  })
  return out
}

/** movedBy are the lines that one change deletes and inserts elsewhere. */
export function movedBy(changes: ChangeSet, before: Text): string[] {
  const put: string[] = [], gone: string[] = []
  changes.iterChanges((fromA, toA, _from, _to, insert) => {
    put.push(...insert.iterLines())
    gone.push(...wholeLines(before, fromA, toA).lines)
  })
  return put.length > 0 ? gone.filter((text) => text.trim() && take(put, text)) : []
}

/** wholeLines are the lines that go with a range. Of two lines that it empties and joins, a blank one stays. */
function wholeLines(before: Text, from: number, to: number): { lines: string[]; behind: boolean } {
  const first = before.lineAt(from), last = before.lineAt(to)
  if (first.number === last.number) return { lines: [], behind: false }
  const lines = before.sliceString(from, to).split('\n')
  const begins = from === first.from, ends = to === last.to
  const behind = !begins || (ends && lines[0] === '')
  if (behind) lines.shift()
  if (!behind || !ends) lines.pop()
  return { lines, behind }
}

/** take removes one text from a list and reports whether it was there. */
function take(list: string[], text: string): boolean {
  const i = list.indexOf(text)
  if (i >= 0) list.splice(i, 1)
  return i >= 0
}
