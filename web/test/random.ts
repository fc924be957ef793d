// Random numbers that a seed repeats: mulberry32 (public domain, T. Ettinger).

export function random(seed: number): { below(n: number): number; pick<T>(from: readonly T[]): T; chance(p: number): boolean } {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { below, pick: (from) => from[below(from.length)]!, chance: (p) => next() < p }
}

/**
 * seedFor is a test's seed: the same in every run, so that a test that passed once
 * passes again. SEED=123 repeats a seed that a failure printed; PARODYWAVE_SEED=fresh
 * (make storm) tries new ones.
 */
export function seedFor(test: string): number {
  const { SEED, PARODYWAVE_SEED } = process.env
  if (SEED) return Number(SEED)
  if (PARODYWAVE_SEED === 'fresh') return Date.now() % 1e9
  return [...test].reduce((h, c) => Math.imul(h ^ c.codePointAt(0)!, 0x01000193) >>> 0, 0x811c9dc5) % 1e9
}

/** rounds is how many of n rounds a test runs: a fifth, but at least one, with go test -short. */
export function rounds(n: number): number {
  return process.env.PARODYWAVE_SHORT ? Math.ceil(n / 5) : n
}
