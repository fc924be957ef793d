// An author has a colour and initials: never the colour alone.

/** How many author colours base.css has, from --author-0. */
export const COLOURS = 12

/**
 * Palette gives each name a colour: the one its letters hash to, or the next
 * that is free in this thread. Names beyond the twelfth share colours.
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
 * initials has at most two letters: the first of the first two words, or the
 * first two of a single word; one letter of a name of one or two letters.
 */
export function initials(name: string): string {
  const [first, second] = name.split(/[\s._-]+/u).filter(Boolean).map((word) => [...word])
  if (!first) return '?'
  const letters = second ? [first[0], second[0]] : first.slice(0, first.length > 2 ? 2 : 1)
  return letters.join('').toLocaleUpperCase()
}
