// One line's three-way merge for the mock server: one replacement, on code
// points, mapped through what others did since. Written apart from src/merge.ts,
// so that an error there is not agreed with here.

function step(a, b) {
  const x = [...a], y = [...b]
  let head = 0
  while (head < x.length && head < y.length && x[head] === y[head]) head++
  let tail = 0
  while (tail < x.length - head && tail < y.length - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) tail++
  return { head, gone: x.length - head - tail, put: y.slice(head, y.length - tail), tail }
}

export function cost(a, b) {
  const s = step(a, b)
  return s.gone + s.put.length
}

/** merge says what a line that reads now becomes when its base is asked to read value. */
export function merge(base, value, now) {
  const theirs = step(base, now)
  const ours = step(base, value)
  if (ours.gone + ours.put.length === 0) return now
  // Mark each of the base's code points that theirs kept, with where it is now.
  const length = [...base].length
  const text = [...now]
  const place = (i) => i < theirs.head ? i : i >= length - theirs.tail ? text.length - (length - i) : -1
  const gone = new Set()
  for (let i = ours.head; i < ours.head + ours.gone; i++) if (place(i) >= 0) gone.add(place(i))
  // Ours goes in behind what stood before it, and behind what theirs put at the same place.
  let at = 0
  for (let i = 0; i < ours.head; i++) if (place(i) >= 0) at = place(i) + 1
  if (theirs.head <= ours.head && ours.head <= length - theirs.tail) at = Math.max(at, theirs.head + theirs.put.length)
  return [...text.slice(0, at).filter((_, i) => !gone.has(i)), ...ours.put, ...text.slice(at).filter((_, i) => !gone.has(i + at))].join('')
}
