// Blame beside the text: one label a run of lines that one person changed last.

import type { LineRow } from './server'

/** A Run is the lines from…to (0-based, inclusive); rev and at (Unix ms) are the newest of them. */
export interface Run { from: number; to: number; author: number; rev: number; at: number }

export function runs(lines: readonly LineRow[]): Run[] {
  const all: Run[] = []
  lines.forEach(([rev, author, at], i) => {
    const last = all.at(-1)
    if (!last || last.author !== author) {
      all.push({ from: i, to: i, author, rev, at })
      return
    }
    last.to = i
    if (rev > last.rev) [last.rev, last.at] = [rev, at]
  })
  return all
}
