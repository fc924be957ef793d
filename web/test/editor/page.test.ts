import { ChangeSet, Text, EditorState, EditorSelection } from '@codemirror/state'
import { EditorView, type DecorationSet } from '@codemirror/view'
import { expect, test, vi } from 'vitest'
import { guessed, kinds, languageOf } from '../../src/editor/languages'
import { load } from '../../src/editor/highlight'
import { pathOf, placeOf } from '../../src/base/place'
import { savedOf, type Standing } from '../../src/editor/saved'
import { Settings } from '../../src/editor/settings'
import { fileName } from '../../src/editor/download'
import { versionFault } from '../../src/editor/version-name'

// words.ts reads the reader's language and sets it on the page.
vi.stubGlobal('navigator', { language: 'en', platform: '' })
vi.stubGlobal('document', { documentElement: {} })
const { Watch } = await import('../../src/editor/news')
const { printRows } = await import('../../src/editor/print')
const { once } = await import('../../src/editor/people')
const { linesOf } = await import('../../src/editor/lines')
const { redactions } = await import('../../src/editor/redacted')
const { entryTaken } = await import('../../src/editor/session/entry')

const T = '01KAPQ0000000000000000000A'

test.each([
  [`/t/${T}`, { thread: T, at: null }],
  [`/t/${T.toLowerCase()}`, { thread: T, at: null }],
  [`/t/${T}@1284`, { thread: T, at: '1284' }],
  [`/t/${T}%40draft`, { thread: T, at: 'draft' }],
  [`/t/${T}@2026-11-22T10%3A00%3A00Z`, { thread: T, at: '2026-11-22T10:00:00Z' }],
  [`/t/${T}@%EC%B4%88%EC%95%88%201`, { thread: T, at: '초안 1' }],
  [`/t/${T}@a%2Fb`, { thread: T, at: 'a/b' }],
])('the address %s names a place', (path, place) => {
  expect(placeOf(path)).toEqual(place)
  expect(placeOf(pathOf(place))).toEqual(place)
})

test.each([`/t/${T}@`, `/t/${T}@a@b`, `/t/${T}0`, '/t/short', `/t/${T}%`, `/t/${T}/x`, `/x/${T}`])('the address %s names none', (path) => {
  expect(placeOf(path)).toBeNull()
})

const standing = (change: Partial<Standing>): Standing => ({ saved: { typed: 0, sent: 0, disk: 7 }, link: 'up', phase: 'open', unknown: false, kept: true, ...change })

test.each<[string, Partial<Standing>]>([
  ['disk', {}],
  ['sent', { saved: { typed: 0, sent: 1, disk: 7 } }],
  ['typed', { saved: { typed: 1, sent: 1, disk: 7 } }],
  ['waiting', { saved: { typed: 1, sent: 0, disk: 7 }, unknown: true }],
  ['waiting', { saved: { typed: 1, sent: 2, disk: 7 }, link: 'down' }],
  ['waiting', { saved: { typed: 1, sent: 0, disk: 7 }, link: 'connecting' }],
  ['offline', { link: 'down' }],
  ['opening', { phase: 'opening' }],
  ['stuck', { phase: 'stuck', link: 'down', saved: { typed: 1, sent: 0, disk: 7 } }],
])('the mark says %s', (kind, change) => {
  expect(savedOf(standing(change)).kind).toBe(kind)
})

test('the mark says "on disk" only when nothing of one’s own is elsewhere', () => {
  for (const link of ['up', 'down', 'connecting'] as const) {
    for (const phase of ['opening', 'open', 'stuck'] as const) {
      for (const [typed, sent] of [[0, 1], [1, 0], [2, 3]] as const) {
        expect(savedOf(standing({ link, phase, saved: { typed, sent, disk: 7 } })).kind).not.toBe('disk')
      }
    }
  }
})

test.each([['notes.md', 'markdown'], ['main.go', 'go'], ['a.b.TS', 'typescript'], ['Dockerfile', 'dockerfile'], ['Weekly minutes', 'plain'], ['v1.2', 'plain'], ['', 'plain'], ['회의.yaml', 'yaml']])('the title %s leads to %s', (title, id) => {
  expect(guessed(title)).toBe(id)
})

test('a choice takes precedence over the title, an unknown one does not', () => {
  expect(languageOf('plain', 'a.go')).toBe('plain')
  expect(languageOf('python', 'a.go')).toBe('python')
  expect(languageOf('auto', 'a.go')).toBe('go')
  for (const unknown of ['klingon', 'constructor', '__proto__']) expect(languageOf(unknown, 'a.go'), unknown).toBe('go')
})

test('every language loads and colours something', async () => {
  for (const id of Object.keys(kinds)) {
    const state = EditorState.create({ doc: '# x\n', extensions: [await load(id)] })
    expect(state.languageDataAt('commentTokens', 0), id).toBeDefined()
    expect(await load(id), id).not.toEqual([])
  }
}, 30_000)

test('no two languages want the same ending', () => {
  const endings = Object.values(kinds).flatMap((kind) => kind.endings)
  expect(new Set(endings).size).toBe(endings.length)
})

test('settings are remembered, and malformed ones ignored', () => {
  const kept = new Map<string, string>()
  const storage = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) }
  const one = new Settings(T, storage)
  let told = 0
  one.onChange(() => told++)
  one.set({ wrap: false })
  one.setOwn({ language: 'go' })
  expect(told).toBe(2)
  const two = new Settings(T, storage)
  expect(two.general).toEqual({ wrap: false, numbers: true, blame: 'names', tab: false })
  expect(two.own.language).toBe('go')
  expect(new Settings('another', storage).own.language).toBe('auto')
  kept.set('parodywave.editor', '{"wrap":"yes","blame":"always","tab":true,"more":1}')
  expect(new Settings(T, storage).general).toEqual({ wrap: true, numbers: true, blame: 'names', tab: true })
  for (const broken of ['{', 'null', '7', '[]']) {
    kept.set('parodywave.editor', broken)
    expect(new Settings(T, storage).general.numbers, broken).toBe(true)
  }
  expect(new Settings(T, null).general.wrap).toBe(true)
})

test.each([['Weekly minutes', 'Weekly minutes.txt'], ['a/b: c?', 'a b c.txt'], ['notes.md', 'notes.md'], ['...', 'text.txt'], ['', 'text.txt'], ['주간 회의', '주간 회의.txt']])('the title %s becomes the file %s', (title, name) => {
  expect(fileName(title)).toBe(name)
})

test.each([['draft', null], ['v2', null], ['초안', null], ['', 'empty'], ['42', 'digits'], ['a@b', 'at'], ['-x', 'dash'], ['2026-11-22T10:00:00Z', 'time'], ['2026-11-22', null]])('the version name %s: %s', (name, fault) => {
  expect(versionFault(name)).toBe(fault)
})

test('people who were there first are not news; people who join and leave are', () => {
  const watch = new Watch()
  const person = (user: string) => ({ user, author: user, mode: 'text' as const })
  const me = person('me')
  expect(watch.look([me, person('Ben')], 'up', 'me')).toEqual([])
  expect(watch.look([me, person('Ben'), person('Ann')], 'up', 'me')).toEqual(['Ann joined'])
  expect(watch.look([me], 'up', 'me')).toEqual(['Ben, Ann left'])
  expect(watch.look([me, ...['a', 'b', 'c', 'd'].map(person)], 'up', 'me')).toEqual(['4 people joined'])
})

test('a lost connection is announced once, and nobody "leaves" by it', () => {
  const watch = new Watch()
  const people = ['me', 'Ben'].map((user) => ({ user, author: user, mode: 'text' as const }))
  watch.look(people, 'up', 'me')
  expect(watch.look(people, 'down', 'me')).toEqual(['Connection lost'])
  expect(watch.look([], 'connecting', 'me')).toEqual([])
  expect(watch.look([], 'down', 'me')).toEqual([])
  expect(watch.look(people, 'up', 'me')).toEqual(['Connected again'])
  expect(watch.look(people.slice(0, 1), 'up', 'me')).toEqual(['Ben left'])
})

test('one author in two windows is one person, and this person comes last', () => {
  const list = once([
    { user: 'me', author: 'm', mode: 'text' }, { user: 'Ben', author: 'b', mode: 'line' }, { user: 'Ben', author: 'b', mode: 'text' }, { user: 'Ann', author: 'a', mode: 'line' },
  ], 'm')
  expect(list.map((p) => [p.user, p.mode])).toEqual([['Ben', 'text'], ['Ann', 'line'], ['me', 'text']])
})

test.each([[0, 0, 0, 0], [1, 1, 0, 0], [0, 4, 0, 0], [0, 5, 0, 1], [5, 7, 1, 2], [2, 7, 0, 2], [2, 8, 0, 3], [4, 4, 1, 1]])('a selection %i to %i means the lines %i to %i', (anchor, head, from, to) => {
  const state = EditorState.create({ doc: 'abc\nd\n\nxyz', selection: EditorSelection.single(anchor, head) })
  expect(linesOf(state, state.selection.main)).toEqual([from, to])
})

test('on paper every line has its number, and a break at the end makes no line', () => {
  const rows = (text: string) => printRows(EditorState.create({ doc: Text.of(text.split('\n')) })).map((r) => [r.number, r.text])
  expect(rows('a\n\nb\n')).toEqual([[1, 'a'], [2, ''], [3, 'b']])
  expect(rows('a\nb')).toEqual([[1, 'a'], [2, 'b']])
  expect(rows('')).toEqual([[1, '']])
})

test('redacted text says who redacted it, wherever it moves', () => {
  const entry = { rev: 9, at: Date.UTC(2026, 10, 21), user: 'Alice', author: 'a', own: false, client: null, seq: 0, kind: null, changes: ChangeSet.empty(20) }
  let state = EditorState.create({ doc: 'the budget is secret', extensions: redactions })
  const titles = (): [number, number, string][] => {
    const out: [number, number, string][] = []
    for (const set of state.facet(EditorView.decorations)) {
      if (typeof set !== 'function') (set as DecorationSet).between(0, state.doc.length, (from, to, mark) => { out.push([from, to, String(mark.spec.attributes.title)]) })
    }
    return out
  }
  state = state.update({ changes: { from: 0, to: 3, insert: 'The' }, effects: entryTaken.of({ ...entry, client: 'c', seq: 1 }) }).state
  expect(titles()).toEqual([])
  state = state.update({ changes: { from: 14, to: 20, insert: '\u2588'.repeat(6) }, effects: entryTaken.of({ ...entry, kind: 'redacted' }) }).state
  state = state.update({ changes: { from: 0, insert: 'So ' } }).state
  expect(titles()).toEqual([[17, 23, expect.stringMatching(/^Redacted by Alice, .*2026/u)]])
})

