import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COLOURS, initials, Palette } from '../src/base/authors'

const css = readFileSync(new URL('../src/base/base.css', import.meta.url), 'utf8')

/** A colour of the light (0) or dark (1) theme, as red, green and blue from 0 to 1. */
function colour(theme: number, name: string): number[] {
  const hex = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(css)?.[theme + 1]
  if (!hex) throw new Error(`no --${name}`)
  return [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: number[], b: number[]): number {
  const luminance = (c: number[]): number => {
    const [r, g, b] = c.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

test.each([['light', 0], ['dark', 1]])('every colour of text reads at 4.5:1 on every ground of the %s theme', (_, theme) => {
  const names = ['ink', 'quiet', 'accent', 'wrong', ...Array.from({ length: COLOURS }, (_, i) => `author-${i}`)]
  for (const on of ['ground', 'raised', 'shade']) {
    const ground = colour(theme, on)
    for (const name of names) expect(contrast(colour(theme, name), ground), `${name} on ${on}`).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colour(theme, 'edge'), ground), `edge on ${on}`).toBeGreaterThanOrEqual(3)
  }
})

test('twelve authors get twelve colours, the thirteenth one of them', () => {
  const palette = new Palette()
  const names = Array.from({ length: 13 }, (_, i) => `author ${i}`)
  const slots = names.map((n) => palette.of(n))
  expect(new Set(slots.slice(0, 12)).size).toBe(12)
  expect(slots[12]).toBeLessThan(COLOURS)
  expect(names.map((n) => palette.of(n))).toEqual(slots)
})

test('initials tell people apart without colour', () => {
  expect(['Alice', 'Ben Okri', '소라', 'x', 'robot-7', ''].map(initials)).toEqual(['AL', 'BO', '소', 'X', 'R7', '?'])
})
