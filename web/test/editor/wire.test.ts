import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decode, type Update, type Whole } from '../../src/editor/session/wire'

// The frames that the server's own tests compare its encoder with.
const golden = JSON.parse(readFileSync(new URL('../../../server/internal/wire/testdata/server.json', import.meta.url), 'utf8')) as Record<string, { type: string; mode?: string }>
const read = (name: string): unknown => decode(JSON.stringify(golden[name]))

test('every frame of text mode is understood', () => {
  const types: Record<string, string> = {
    'join, text': 'whole', 'join, reset': 'whole', 'join, ahead': 'whole', 'join, resume': 'resumed', 'join, resume, ahead': 'resumed', 'update, text': 'update',
    cursor: 'cursor', 'cursor, gone': 'cursor', beacon: 'beacon', error: 'error', 'error, stale': 'error',
  }
  for (const name of Object.keys(golden).filter((n) => n.startsWith('people'))) types[name] = 'people'
  expect(Object.keys(types).some((n) => n.startsWith('people'))).toBe(true)
  for (const [name, type] of Object.entries(types)) expect(read(name), name).toMatchObject({ type })
})

test('fields are where they belong', () => {
  const whole = read('join, text') as Whole
  expect(whole).toMatchObject({ rev: 9, text: 'a\nb', reset: false, readonly: false, limits: { frame: 1 << 20, changes: 1000, text: 4 << 20 } })
  expect(whole.blame.lines[1]).toEqual([9, 0, 1760000000128, false])
  expect(read('join, reset')).toMatchObject({ reset: true, readonly: true, ahead: 0 })
  expect(read('join, ahead')).toMatchObject({ reset: false, ahead: 259_200_000 })
  expect(read('join, resume')).toMatchObject({ rev: 7, head: 9, ahead: 0 })
  expect(read('join, resume, ahead')).toMatchObject({ rev: 7, head: 9, ahead: 60_000 })
  const { updates } = read('update, text') as Update
  expect(updates[0]).toMatchObject({ rev: 8, client: '01J9Z40000000000000000000A', seq: 4, kind: null })
  expect(updates[0]!.changes.toJSON()).toEqual([5, [0, 'hi'], 5])
  expect(updates.find((u) => u.kind === 'renamed')).toMatchObject({ title: 'A better title', client: null })
  expect(updates.find((u) => u.kind === 'renamed')!.changes.length).toBe(12)
  expect(updates.find((u) => u.kind === 'submitted')!.lines).toEqual([0, 2])
  expect(updates.find((u) => u.kind === 'redacted')!.changes.empty).toBe(false)
  expect(read('error, stale')).toEqual({ type: 'error', code: 'stale', text: 'pull first', re: 'update', head: 12 })
})

test('frames of line mode and malformed ones are ignored', () => {
  for (const name of ['join', 'join, resync', 'update', 'update, mine', 'status', 'list']) expect(read(name), name).toBeNull()
  const entry = { rev: 1, user: 'u', author: 'a', at: 1, changes: [1] }
  const update = { type: 'update', id: 't', rev: 1, chain: 'c' }
  expect(decode(JSON.stringify({ ...update, updates: [entry] }))).not.toBeNull()
  for (const bad of [{ ...entry, changes: [['x']] }, { ...entry, changes: 'x' }, { ...entry, rev: '1' }, { rev: 1, user: 'u', author: 'a', at: 1 }]) {
    expect(decode(JSON.stringify({ ...update, updates: [entry, bad] })), JSON.stringify(bad)).toBeNull()
  }
  for (const s of ['', 'HB', '{', '[]', '{"type":"dance"}']) expect(decode(s)).toBeNull()
})
