import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cleaned } from '../src/base/name'
import { look, seen } from '../src/base/seen'
import { FIELD, step, writes } from '../src/inbox/keyboard'
import { keys, leads } from '../src/inbox/letters'
import { pageOf, rowOf, type Row } from '../src/base/row'
import { held, named, search } from '../src/inbox/search'
import { random, seedFor } from './random'

const row = (title: string, at = 0, id = title): Row =>
  ({ id, title, rev: 1, at, by: '', lines: 0, connections: 0, here: [], typing: [], last: '' })
const titles = (rows: Row[]): string[] => rows.map((r) => r.title)

const store = new Map<string, string>()
beforeEach(() => {
  vi.stubGlobal('localStorage', {
    getItem: (k: string) => store.get(k) ?? null,
    setItem: (k: string, v: string) => { store.set(k, v) },
  })
})
afterEach(() => { store.clear(); vi.unstubAllGlobals() })

test('an older page does not make a thread new again', () => {
  expect(seen('T')).toBeNull()
  look('T', 0)
  expect(seen('T')).toBe(0)
  look('T', 12)
  look('T', 9)
  expect(seen('T')).toBe(12)
  expect(seen('U')).toBeNull()
  store.set('parodywave.seen.T', 'rubbish')
  expect(seen('T')).toBeNull()
})

test('without storage everything is new, and nothing breaks', () => {
  const refuse = (): never => { throw new Error('forbidden') }
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse })
  look('T', 1)
  expect(seen('T')).toBeNull()
})

test('a name is judged as the server judges it', () => {
  expect(cleaned('  소라 ')).toEqual({ name: '소라' })
  expect(cleaned('\u1109\u1169\u1105\u1161')).toEqual({ name: '소라' }) // NFC
  expect(cleaned('😀'.repeat(64))).toEqual({ name: '😀'.repeat(64) })
  expect(cleaned('x'.repeat(65))).toEqual({ fault: 'long' })
  for (const nothing of ['', '   ', '\u200b', '\u3164', '\u2800', '\u0301']) expect(cleaned(nothing), JSON.stringify(nothing)).toEqual({ fault: 'empty' })
  for (const control of ['a\u0007b', 'a\u202eb', 'a\u2028b', 'a\u2066']) expect(cleaned(control), JSON.stringify(control)).toEqual({ fault: 'control' })
})

test('a title is found by any of its words, without case, accents or width', () => {
  const all = [row('Weekly minutes'), row('Résumé of Ben'), row('ＡＢＣ 123'), row('Ölpreis')]
  expect(titles(search(all, 'MIN week'))).toEqual(['Weekly minutes'])
  expect(titles(search(all, 'resume'))).toEqual(['Résumé of Ben'])
  expect(titles(search(all, 'abc'))).toEqual(['ＡＢＣ 123'])
  expect(titles(search(all, 'olp'))).toEqual(['Ölpreis'])
  expect(titles(search(all, 'weekly ben'))).toEqual([])
})

test('a Korean title is found at every key on the way to it, and by its first consonants', () => {
  const all = [row('다음 회의'), row('가나다 값')]
  for (const half of ['ㅎ', '호', '회', '횡', '회으', '회의']) expect(titles(search(all, half)), half).toContain('다음 회의')
  for (const half of ['ㄱ', '가', '간', '가나', '가낟', '가나다']) expect(titles(search(all, half)), half).toContain('가나다 값')
  expect(titles(search(all, '갑'))).toEqual(['가나다 값'])
  expect(titles(search(all, 'ㅎㅇ'))).toEqual(['다음 회의'])
  expect(titles(search(all, 'ㄷㅎ'))).toEqual([])
  expect(titles(search(all, 'ㄷㅇ ㅎㅇ'))).toEqual(['다음 회의'])
  expect(titles(search(all, '호미'))).toEqual([])
  expect(keys('값 Ａ')).toBe('ㄱㅏㅂㅅ a')
  expect(leads('다음 Abc')).toBe('ㄷㅇ abc')
})

test('rows come by how well they fit, then by activity', () => {
  const all = [row('the plan', 9), row('Plan B', 2), row('plan', 1), row('Planning', 5)]
  expect(titles(search(all, 'plan'))).toEqual(['plan', 'Planning', 'Plan B', 'the plan'])
  expect(titles(search(all, ''))).toEqual(['the plan', 'Planning', 'Plan B', 'plan'])
  expect(named(all, ' PLAN ')?.title).toBe('plan')
  expect(named(all, 'pla')).toBeNull()
  expect(named(all, '  ')).toBeNull()
})

test('rows under the pointer keep their places, and new rows come after them', () => {
  const seed = seedFor('inbox')
  const r = random(seed)
  for (let i = 0; i < 200; i++) {
    const all = Array.from({ length: r.below(12) }, (_, n) => row(`t${n}`, r.below(50)))
    const order = search(all.filter(() => r.chance(0.8)), '').map((x) => x.id)
    const moved = search(all.map((x) => (r.chance(0.5) ? { ...x, at: 50 + r.below(50) } : x)), '')
    const got = held(moved, order).map((x) => x.id)
    const say = `seed ${seed}: held(${JSON.stringify(moved.map((x) => x.id))}, ${JSON.stringify(order)}) is ${JSON.stringify(got)}`
    expect(got.slice(0, order.length), say).toEqual(order)
    expect([...got].sort(), say).toEqual(moved.map((x) => x.id).sort())
  }
  // Rows that are not held do move; otherwise the test above would prove nothing.
  expect(search([row('a', 2), row('b', 1)].map((x) => ({ ...x, at: 3 - x.at })), '').map((x) => x.id)).not.toEqual(['a', 'b'])
})

test('arrow keys lead from the field through the rows and back', () => {
  const path = (keys: string[], count: number): (number | null)[] => {
    let at = FIELD
    return keys.map((k) => {
      const to = step(at, k, count)
      if (to !== null) at = to
      return to
    })
  }
  expect(path(['ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowUp'], 2)).toEqual([null, 0, 1, 1, 0, FIELD, null])
  expect(path(['ArrowDown', 'PageDown', 'PageUp', 'End', 'Home', 'Escape'], 30)).toEqual([0, 10, 0, 29, 0, FIELD])
  expect(path(['ArrowDown', 'PageDown', 'Home', 'End'], 0)).toEqual([null, null, null, null])
  expect(step(3, 'a', 9)).toBeNull()
})

test('a letter pressed on a row continues the search, a command does not', () => {
  const key = (key: string, more = {}): boolean => writes({ key, ctrlKey: false, metaKey: false, altKey: false, ...more })
  expect(['a', '회', '/', '😀'].map((k) => key(k))).toEqual([true, true, true, true])
  expect(['Enter', 'ArrowDown', ' ', 'Tab', 'F5'].map((k) => key(k))).toEqual([false, false, false, false, false])
  expect(key('c', { ctrlKey: true })).toBe(false)
})

test('rows of the wire and of the API are read alike, and malformed rows are left out', () => {
  expect(rowOf({ id: 'T', title: 'x', opened_at: 5, opened_by: 'Ben', updated_at: 0, updated_by: '', revisions: 7 }))
    .toEqual({ ...row('x', 5, 'T'), by: 'Ben', rev: 7 })
  expect(rowOf({ id: 'T', title: 'x', updated_at: 6, updated_by: 'A', rev: 8, here: ['A', 3], typing: 'A', last: ' l ', lines: -1, connections: 2 }))
    .toEqual({ ...row('x', 6, 'T'), by: 'A', rev: 8, here: ['A'], last: 'l', connections: 2 })
  for (const bad of [null, [], 'x', { id: 3, title: 'x' }, { id: 'T' }]) expect(rowOf(bad)).toBeNull()
  expect(pageOf({ threads: [{ id: 'T', title: 'x' }, 5], total: 'many', cursor: 7 })).toMatchObject({ total: 1, cursor: null, rows: [{ id: 'T' }] })
  expect(pageOf({ threads: {} })).toBeNull()
})
