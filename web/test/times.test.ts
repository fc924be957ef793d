// Times in words: any number that a log can hold is shown, and none throws.

import { expect, test, vi } from 'vitest'
import { random, seedFor } from './random'

vi.stubGlobal('navigator', { language: 'en' })
vi.stubGlobal('document', { documentElement: {} })
const { ago, exactly, machineTime } = await import('../src/base/words')
const { when } = await import('../src/history/when')

const NOW = Date.UTC(2026, 10, 30, 12)
const UNKNOWN = 'unknown time'
const extremes = [0, 1, NOW, 253_402_300_799_999, 253_402_300_800_000, 8.64e15, 8.64e15 + 1, 2 ** 53 - 1, -1, NaN, Infinity]

test('every number is shown; the formats alone, the twin, throw at some', () => {
  const seed = seedFor('times')
  const { below } = random(seed)
  const all = [...extremes, ...Array.from({ length: 2000 }, () => below(2 ** below(54)))]
  let thrown = 0
  for (const at of all) {
    for (const f of [exactly, (t: number) => ago(t, NOW), (t: number) => when(t, NOW), (t: number) => machineTime(t) ?? '-']) {
      expect(f(at), `seed ${seed}: ${at}`).not.toMatch(/^$|NaN|Invalid/)
    }
    try { new Intl.DateTimeFormat('en').format(at) } catch { thrown++ }
  }
  expect(thrown).toBeGreaterThan(0)
})

test('a time that names no day is unknown, and others are said from now', () => {
  expect(extremes.map((at) => exactly(at) === UNKNOWN)).toEqual(extremes.map((at) => !(at >= 0 && at <= 253_402_300_799_999)))
  expect(ago(2 ** 53 - 1, NOW)).toBe(UNKNOWN)
  expect(when(2 ** 53 - 1, NOW)).toBe(UNKNOWN)
  expect(machineTime(2 ** 53 - 1)).toBeUndefined()
  expect(machineTime(NOW)).toBe('2026-11-30T12:00:00.000Z')
  expect(ago(NOW + 60_000, NOW)).toBe('just now') // two clocks differ
  expect(ago(NOW + 3 * 86_400_000, NOW)).toBe('in 3 days')
  expect(ago(NOW - 120_000, NOW)).toMatch(/^2 min/)
  expect(when(NOW + 400 * 86_400_000, NOW)).toMatch(/2028/)
})
