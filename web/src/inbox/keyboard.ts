// Keys move the focus among the search field (FIELD) and the rows 0…count-1 below it.

export const FIELD = -1

/** step returns the new place, or null if the key does not move the focus. */
export function step(at: number, key: string, count: number): number | null {
  const last = count - 1
  switch (key) {
    case 'ArrowDown': return at >= last ? (at === FIELD ? null : last) : at + 1
    case 'ArrowUp': return at === FIELD ? null : at - 1 // from the first row back to the field
    case 'PageDown': return at === FIELD || last < 0 ? null : Math.min(last, at + 10)
    case 'PageUp': return at === FIELD ? null : Math.max(0, at - 10)
    case 'Home': return at === FIELD ? null : 0 // in the field these two move the caret
    case 'End': return at === FIELD ? null : last
    case 'Escape': return FIELD
    default: return null
  }
}

/** writes reports whether a key pressed on a row is the next letter of a search. */
export const writes = (e: { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean }): boolean =>
  [...e.key].length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey && !e.altKey
