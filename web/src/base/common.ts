// What two sequences have in common at their ends.

/** common counts the equal elements at the start (head) and, after those, at the end (tail). */
export function common<T>(a: ArrayLike<T>, b: ArrayLike<T>): { head: number; tail: number } {
  const most = Math.min(a.length, b.length)
  let head = 0
  while (head < most && a[head] === b[head]) head++
  let tail = 0
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  return { head, tail }
}
