// From one text to another by one replacement.

/** A Replacement puts insert in the place of from…to, UTF-16 units of the text before. */
export interface Replacement { from: number; to: number; insert: string }

/** replacement is the smallest one that makes `b` of `a`, or null where they are equal. It may cut a surrogate pair. */
export function replacement(a: string, b: string): Replacement | null {
  if (a === b) return null
  const most = Math.min(a.length, b.length)
  let from = 0
  while (from < most && a.charCodeAt(from) === b.charCodeAt(from)) from++
  let tail = 0
  while (tail < most - from && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++
  return { from, to: a.length - tail, insert: b.slice(from, b.length - tail) }
}
