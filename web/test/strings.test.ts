// Every text of the pages in both languages. `npm run strings` prints them side
// by side, to be read aloud once.

import { expect, test, vi } from 'vitest'

type Table = Record<string, unknown>
const tables = vi.hoisted(() => [] as [Table, Table][])

vi.mock('../src/base/words', () => ({
  language: 'en',
  number: String,
  counted: () => '',
  ago: () => '',
  exactly: () => '',
  lasting: () => '',
  pick: (en: Table, ko: Table) => {
    tables.push([en, ko])
    return en
  },
}))

interface Row { key: string; en: string; ko: string }

/** said is a text, or a function's text with placeholders, singular and plural if they differ. */
function said(v: unknown): string {
  if (typeof v === 'string') return v.replaceAll('\n', '\\n')
  if (typeof v !== 'function') return ''
  const of = (second: unknown): string => String((v as (...all: unknown[]) => unknown)('⟨1⟩', second, '⟨3⟩', '⟨4⟩'))
  return [...new Set(/\bone\b/.test(String(v)) ? [of(true), of(false)] : [of('⟨2⟩')])].join(' | ')
}

function rowsOf(prefix: string, en: Table, ko: Table): Row[] {
  return [...new Set([...Object.keys(en), ...Object.keys(ko)])].flatMap((key) => {
    const [e, k] = [en[key], ko[key]]
    const name = `${prefix}.${key}`
    if (typeof e === 'object' && e !== null) return rowsOf(name, e as Table, (k ?? {}) as Table)
    return [{ key: name, en: said(e), ko: said(k) }]
  })
}

const files = import.meta.glob(['../src/**/{words,words-*,phrases,codemirror}.ts', '!../src/base/words.ts'])

async function all(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [path, load] of Object.entries(files)) {
    await load()
    const name = path.slice('../src/'.length, -'.ts'.length)
    for (const [en, ko] of tables.splice(0)) {
      // CodeMirror's own words are their keys.
      const own = name === 'base/codemirror' ? Object.fromEntries(Object.keys(ko).map((key) => [key, key])) : {}
      rows.push(...rowsOf(name, { ...own, ...en }, ko))
    }
  }
  return rows
}

const rows = await all()
if (process.env.STRINGS) console.log(rows.map((r) => `${r.key}\t${r.en}\t${r.ko}`).join('\n'))

/** letters says whether a text has words in it, apart from placeholders and keys. */
const letters = (s: string): boolean => /\p{L}{2}/u.test(s.replace(/⟨\d⟩|Shift|Ctrl|Home|End|Space|ms/g, ''))

test('every text is there in both languages', () => {
  expect(rows.length).toBeGreaterThan(300)
  expect(rows.filter((r) => (r.en === '') !== (r.ko === ''))).toEqual([])
  expect(rows.filter((r) => r.en === r.ko && letters(r.en))).toEqual([])
})

test('English is in Latin letters, Korean in Hangul', () => {
  expect(rows.filter((r) => /\p{Script=Hangul}/u.test(r.en))).toEqual([])
  expect(rows.filter((r) => letters(r.ko) && !/\p{Script=Hangul}/u.test(r.ko))).toEqual([])
})

test('Korean is polite in one way, 해요체', () => {
  const other = rows.filter((r) => /(니다|니까|십시오|시오)[.!?…]?( |$|\|)/.test(r.ko)).map((r) => r.key)
  expect(other).toEqual(['base/phrases.yourName']) // the question as the deck of 2010 asked it
})

test('each placeholder is in both languages', () => {
  const places = (s: string): string => [...new Set(s.match(/⟨\d⟩/g) ?? [])].sort().join('')
  expect(rows.filter((r) => places(r.en) !== places(r.ko))).toEqual([])
})
