// An edit that would not fit into a frame is sent in parts, each of which is an edit of
// its own for the server. The text here has all of it at once, and one undo takes it back.
//
// The parts of an edit and those of its undo are cut at the same places, so that each
// part of the undo can claim one part of the edit.

import { ChangeSet, type Text, type Transaction } from '@codemirror/state'

/**
 * The most that a part may cost: less than the bytes of a frame. A place costs PLACE, so that
 * a part has fewer places than a push may have, and a UTF-16 unit that comes or goes costs
 * as much as JSON may need for it.
 */
const MOST = 900_000
const PLACE = 100
const UNIT = 6

/** A place where a text changes: what goes, and what comes in its stead. Positions count in the text after the changes before it. */
interface Place { from: number; gone: number; insert: Text }

/** parts cuts a change of a text into parts that cost at most `most`. Applied one after another they are the change. */
export function parts(changes: ChangeSet, doc: Text, most = MOST): readonly ChangeSet[] {
  if (cost(changes) <= most) return [changes]
  const out: ChangeSet[] = []
  let room = most, { length } = doc, part: Place[] = []
  const end = (): void => {
    if (part.length === 0) return
    out.push(together(part, length))
    length = out[out.length - 1]!.newLength
    part = []
    room = most
  }
  for (const place of places(changes, doc, most)) {
    const price = PLACE + UNIT * (place.gone + place.insert.length)
    if (price > room) end()
    room -= price
    part.push(place)
  }
  end()
  return out
}

function cost(changes: ChangeSet): number {
  let sum = 0
  changes.iterChanges((fromA, toA, fromB, toB) => { sum += PLACE + UNIT * (toA - fromA + toB - fromB) }, true)
  return sum
}

/** places are the places of a change, long ones cut. */
function places(changes: ChangeSet, doc: Text, most: number): Place[] {
  const all: Place[] = []
  changes.iterChanges((fromA, toA, fromB, _toB, insert) => {
    const n = Math.ceil(UNIT * (toA - fromA + insert.length) / (most - PLACE))
    let gone = 0, put = 0
    for (let i = 1; i <= n; i++) {
      const goes = i === n ? toA - fromA : whole(doc, fromA, Math.floor((toA - fromA) * i / n))
      const comes = i === n ? insert.length : whole(insert, 0, Math.floor(insert.length * i / n))
      all.push({ from: fromB + put, gone: goes - gone, insert: insert.slice(put, comes) })
      gone = goes
      put = comes
    }
  }, true)
  return all
}

/** whole is the length of the text from a position on up to about n units, which parts no surrogate pair. */
function whole(text: Text, from: number, n: number): number {
  const at = from + n
  return n > 0 && at < text.length && /[\uDC00-\uDFFF]/.test(text.sliceString(at, at + 1)) && /[\uD800-\uDBFF]/.test(text.sliceString(at - 1, at)) ? n - 1 : n
}

/** together is the change of a text of this length at places, each given in the text after those before it. */
function together(all: readonly Place[], length: number): ChangeSet {
  let shift = 0
  return ChangeSet.of(all.map(({ from, gone, insert }) => {
    const start = from - shift
    shift += insert.length - gone
    return { from: start, to: start + gone, insert }
  }), length)
}

const known = new WeakMap<Transaction, readonly ChangeSet[]>()

/** partsOf are the parts of an edit. */
export function partsOf(tr: Transaction): readonly ChangeSet[] {
  let cut = known.get(tr)
  if (!cut) known.set(tr, cut = parts(tr.changes, tr.startState.doc))
  return cut
}
