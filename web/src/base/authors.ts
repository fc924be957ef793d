// How an author is told apart: a colour and initials, never the colour alone.

/** How many author colours style.css has, --author-0 and on. */
export const COLOURS = 12

/**
 * Palette hands each name a colour: the one its letters lead to, or the next
 * that nobody in this thread has yet. Names beyond the twelfth share.
 */
export class Palette {
  private slots = new Map<string, number>()

  of(name: string): number {
    let slot = this.slots.get(name)
    if (slot !== undefined) return slot
    let sum = 0
    for (const c of name) sum = (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0
    slot = sum % COLOURS
    const used = new Set(this.slots.values())
    for (let i = 0; i < COLOURS && used.has(slot); i++) slot = (slot + 1) % COLOURS
    this.slots.set(name, slot)
    return slot
  }
}

/**
 * initials are two letters at most: the first of the first two words, or the
 * first two of the only one; just one of a name that has no more than two.
 */
export function initials(name: string): string {
  const [first, second] = name.split(/[\s._-]+/u).filter(Boolean).map((word) => [...word])
  if (!first) return '?'
  const letters = second ? [first[0], second[0]] : first.slice(0, first.length > 2 ? 2 : 1)
  return letters.join('').toLocaleUpperCase()
}
