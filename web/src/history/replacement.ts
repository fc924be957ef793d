// From one text to another by one replacement.

import { common } from '../base/common'

/** A Replacement puts insert in the place of from…to, UTF-16 units of the text before. */
export interface Replacement { from: number; to: number; insert: string }

/** replacement is the smallest one that makes `b` of `a`, or null where they are equal. It may cut a surrogate pair. */
export function replacement(a: string, b: string): Replacement | null {
  if (a === b) return null
  const { head, tail } = common(a, b)
  return { from: head, to: a.length - tail, insert: b.slice(head, b.length - tail) }
}
