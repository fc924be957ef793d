import { expect, test } from 'vitest'
import { difference, distance, mapPosition, rebase } from '../../src/deck/merge'
import { random, seedFor } from '../random'

test('a difference never cuts a surrogate pair', () => {
  // U+1F600 and U+1F601 share their first half, U+1F600 and U+1FA00 their second.
  expect(difference('a😀b', 'a😁b')).toEqual({ from: 1, to: 3, insert: '😁' })
  expect(difference('😀', '\u{1FA00}')).toEqual({ from: 0, to: 2, insert: '\u{1FA00}' })
  expect(difference('😀😀', '😀')).toEqual({ from: 2, to: 4, insert: '' })
})

test('a caret stays with its text', () => {
  expect(mapPosition('abc', 'Xabc', 2)).toBe(3)
  expect(mapPosition('abc', 'abcX', 3)).toBe(3)
  expect(mapPosition('abc', 'abcX', 3, true)).toBe(4)
  expect(mapPosition('abcdef', 'af', 3)).toBe(1)
})

test('a step carried over keeps what both put in', () => {
  expect(rebase('middle', '<middle', 'middle>')).toBe('<middle>')
  expect(rebase('ab', 'aXb', 'aYb')).toBe('aYXb')
  expect(rebase('ab', 'abX', 'QabQ')).toBe('QabQX')
  expect(rebase('abc', 'ac', 'XabYcX')).toBe('XaYcX')
  expect(rebase('abcdef', '', 'abcXdef')).toBe('X')
  expect(rebase('hel', 'hello', 'hello')).toBe('hellolo') // which is why a line in doubt is asked about first
})

test('the distance of several edits is the sum of them', () => {
  expect(distance('ab', 'QabXQ')).toBe(3)
  expect(distance('abX', 'QabXQ')).toBe(2)
  expect(distance('same', 'same')).toBe(0)
})

test('a difference applied to the old text is the new one', () => {
  const seed = seedFor('merge')
  const { below, pick } = random(seed)
  const text = (): string => Array.from({ length: below(9) }, () => pick(['a', 'b', '가', '😀', '😁', '\u{1FA00}'])).join('')
  for (let i = 0; i < 20_000; i++) {
    const [a, b] = [text(), text()]
    const d = difference(a, b)
    const where = `SEED=${seed} ${JSON.stringify([a, b])}`
    expect(a.slice(0, d.from) + d.insert + a.slice(d.to), where).toBe(b)
    for (const cut of [a.slice(0, d.from), a.slice(d.to), d.insert]) expect(cut.isWellFormed(), where).toBe(true)
    expect(rebase(a, b, a), where).toBe(b)
    expect(rebase(a, a, b), where).toBe(b)
  }
})
