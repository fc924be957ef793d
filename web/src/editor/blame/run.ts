// Runs: neighbouring lines that one person changed last.

import { isBlank, type Row, type Rows } from './rows'

/** A long run repeats its label after this many lines, so that one is always in sight, */
const AGAIN = 24 // lines
/** but not so soon after it began */
const SOON = 8

export const together = (a: Row, b: Row): boolean => a.author.id === b.author.id && a.author.name === b.author.name

/**
 * labelAt reports whether line i, from 0, has its run's label: the first line
 * does, and in a long run one in AGAIN lines. at is the newest time (Unix ms) of
 * the lines that the label stands for.
 */
export function labelAt(rows: Rows, i: number): { at: number } | null {
  const row = rows.at(i)
  if (isBlank(row) || !begins(rows, i, row)) return null
  let at = row.at
  for (let n = i + 1; n < rows.length && n < i + AGAIN + SOON; n++) {
    const next = rows.at(n)
    if (!together(row, next) || (n % AGAIN === 0 && n - i > SOON)) break
    at = Math.max(at, next.at)
  }
  return { at }
}

function begins(rows: Rows, i: number, row: Row): boolean {
  if (i === 0 || !together(row, rows.at(i - 1))) return true
  if (i % AGAIN !== 0) return false
  for (let n = i - 1; n >= i - SOON; n--) if (n < 1 || !together(row, rows.at(n - 1))) return false
  return true
}
