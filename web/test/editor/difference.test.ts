import { Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { difference } from '../../src/editor/session/difference'
import { random, seedFor } from '../random'

const of = (s: string): Text => Text.of(s.split('\n'))
const json = (a: string, b: string): unknown => difference(of(a), of(b)).toJSON()

test('common lines stay', () => {
  expect(json('a\nb\nc', 'a\nB\nc')).toEqual([2, [1, 'B'], 2])
  expect(json('one\ntwo\nthree', 'xone\n!two\nthree')).toEqual([[0, 'x'], 4, [0, '!'], 9])
  expect(json('a\nb\nc\nd', 'b\nc\nx\nd')).toEqual([[2], 4, [0, 'x', ''], 1])
  expect(json('a', 'a\n')).toEqual([1, [0, '', '']])
  expect(json('', '')).toEqual([])
})

test('characters stay whole', () => {
  expect(json('x😀y', 'x😁y')).toEqual([1, [2, '😁'], 1])
  expect(json('\u{1f600}', '\u{1fa00}')).toEqual([[2, '\u{1fa00}']])
})

test('any text becomes any other', () => {
  const seed = seedFor('difference')
  const r = random(seed)
  const some = (): string => Array.from({ length: r.below(12) }, () => r.pick(['a', 'b', '\n', '\n', '😀', '😁', 'c\n', '한'])).join('')
  for (let i = 0; i < 5_000; i++) {
    const a = some(), b = r.chance(0.5) ? some() : a.replace(r.pick(['a', 'b', '\n', '😀']), some())
    const change = difference(of(a), of(b))
    expect(change.apply(of(a)).toString(), `seed ${seed}: ${JSON.stringify([a, b])}`).toBe(b)
    change.iterChanges((from, to, _a, _b, inserted) => {
      for (const [s, pos] of [[a, from], [a, to]] as const) expect(/[\ud800-\udbff]$/.test(s.slice(0, pos)), `seed ${seed}: ${JSON.stringify([a, b])}`).toBe(false)
      expect(inserted.toString().isWellFormed()).toBe(true)
    })
  }
})

test('very different texts come to an end', () => {
  const a = Array.from({ length: 20_000 }, (_, i) => `a${i}`).join('\n'), b = Array.from({ length: 20_000 }, (_, i) => `b${i * 7}`).join('\n')
  expect(difference(of(a), of(`${b}\n`)).apply(of(a)).toString()).toBe(`${b}\n`)
})
