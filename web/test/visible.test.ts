// Names and titles as the pages show them: the examples of the commands' tables, too.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { shownName, shownTitle } from '../src/base/visible'

const examples = JSON.parse(readFileSync(new URL('testdata/visible.json', import.meta.url), 'utf8')) as [string, string][]

test('names are shown as the tables of the commands show them', () => {
  expect(examples.length).toBeGreaterThan(40)
  for (const [name, shown] of examples) expect([name, shownName(name)]).toEqual([name, shown])
})

test('a title hides nothing, and letters of other alphabets stay in it', () => {
  expect(shownTitle('\u0410da')).toBe('\u0410da')
  expect(shownTitle('pay\u200bpal\u202e')).toBe('pay\\u200bpal\\u202e')
  expect(shownTitle('')).toBe('')
})

test('a name of an old log is cut, not within a character', () => {
  expect([...shownTitle('😀'.repeat(100_000))]).toHaveLength(201)
  expect(shownTitle('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
  expect(shownTitle('😀'.repeat(200))).toBe('😀'.repeat(200))
  expect(shownName('e\u0301'.repeat(64))).toHaveLength(65)
})
