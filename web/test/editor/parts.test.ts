// An edit that is cut into parts: applied one after another they are the edit, each fits,
// none parts a surrogate pair, and the parts of an undo undo the parts of the edit.

import { ChangeSet, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { bytes } from '../../src/editor/session/peer'
import { parts } from '../../src/editor/session/parts'
import { random, rounds, seedFor } from '../random'

const SEED = seedFor('parts')
const MOST = 900

type Cut = typeof parts

/** words are random text with surrogate pairs, line breaks and characters that JSON escapes. */
function words(r: ReturnType<typeof random>, most: number): string {
  let s = ''
  for (let n = r.below(most); n > 0; n--) s += r.pick(['a', '한', '😀', '\n', '\u0001', '"'])
  return s
}

/** change is a random change at several places; it parts no surrogate pair. */
function change(r: ReturnType<typeof random>, doc: Text): ChangeSet {
  const units = [...doc.toString()]
  const starts = units.reduce<number[]>((at, c) => [...at, at[at.length - 1]! + c.length], [0])
  const spec = []
  for (let i = 0; i < units.length;) {
    const to = Math.min(units.length, i + r.below(r.chance(0.2) ? 400 : 8))
    if (r.chance(0.5)) spec.push({ from: starts[i]!, to: starts[to]!, insert: Text.of(words(r, r.chance(0.1) ? 400 : 6).split('\n')) })
    i = to + 1
  }
  return ChangeSet.of(spec, doc.length)
}

const halves = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** fault says what is wrong with a way to cut a change; '' if nothing is. */
function fault(cut: Cut, c: ChangeSet, doc: Text): string {
  const all = cut(c, doc, false, MOST), whole = c.apply(doc)
  let text = doc
  for (const p of all) {
    if (bytes(JSON.stringify(p.toJSON())) > MOST) return `a part has ${bytes(JSON.stringify(p.toJSON()))} bytes`
    text = p.apply(text)
    if (halves.test(text.toString())) return 'a surrogate pair is parted'
  }
  if (!text.eq(whole)) return 'the parts are another edit'
  let undone = whole
  for (const p of cut(c.invert(doc), whole, true, MOST)) undone = p.apply(undone)
  if (!undone.eq(doc)) return 'the parts of the undo do not undo it'
  const back = [...cut(c.invert(doc), whole, true, MOST)].reverse()
  if (back.length !== all.length) return `${all.length} parts are undone in ${back.length}`
  let at = doc
  for (const [i, p] of all.entries()) {
    const gone: string[] = [], put: string[] = [], here = at
    p.iterChanges((from, to) => gone.push(here.sliceString(from, to)), true)
    back[i]!.iterChanges((_a, _b, _c, _d, insert) => put.push(insert.toString()), true)
    if (gone.join('') !== put.join('')) return `part ${i} of the undo brings back another text`
    at = p.apply(at)
  }
  return ''
}

function histories(n: number, cut: Cut): string {
  for (let i = 0; i < n; i++) {
    const r = random(SEED + i)
    const doc = Text.of(words(r, 900).split('\n'))
    const c = change(r, doc)
    const wrong = fault(cut, c, doc)
    if (wrong) return `SEED=${SEED + i}: ${wrong}: ${JSON.stringify(doc.toString())} ${JSON.stringify(c.toJSON())}`
  }
  return ''
}

test(`parts of large edits from seed ${SEED}`, () => {
  expect(histories(rounds(1000), parts)).toBe('')
})

test('without its last part an edit is another one', () => {
  expect(histories(rounds(100), (c, doc, backwards, most) => parts(c, doc, backwards, most).slice(0, -1))).toMatch(/another edit/)
})

test('an edit that is not cut does not fit', () => {
  expect(histories(rounds(1000), (c) => [c])).toMatch(/a part has/)
})
