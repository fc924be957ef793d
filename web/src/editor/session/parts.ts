// An edit that would not fit into a frame is sent in parts, each of which is an edit of
// its own for the server. The text here has all of it at once, and one undo takes it back.
//
// The parts of an edit and those of its undo are cut at the same places, and come in the
// opposite order, so that each part of the undo can claim one part of the edit, and finds
// the text as that part left it.

import { ChangeSet, type Text, type Transaction } from '@codemirror/state'

/**
 * The most that a part may cost: less than the bytes of a frame. A place costs PLACE, so that
 * a part has fewer places than a push may have, and a UTF-16 unit that comes or goes costs
 * as much as JSON may need for it.
 */
const MOST = 900_000
const PLACE = 100
const UNIT = 6

/** A place where a text changes: what goes, and what comes in its stead. */
interface Place { from: number; gone: number; insert: Text }

/**
 * parts cuts a change of a text into parts that cost at most `most`. Applied one after
 * another they are the change. They go through the text from its beginning or, backwards,
 * from its end: so the part of an undo that comes last takes back the part that came first.
 */
export function parts(changes: ChangeSet, doc: Text, backwards = false, most = MOST): readonly ChangeSet[] {
  if (cost(changes) <= most) return [changes]
  const all: Place[][] = []
  let room = 0
  for (const place of places(changes, doc, most)) {
    const price = PLACE + UNIT * (place.gone + place.insert.length)
    if (price > room) {
      all.push([])
      room = most
    }
    room -= price
    all[all.length - 1]!.push(place)
  }
  let { length } = doc, shift = 0 // of what lies behind the parts so far
  return (backwards ? all.reverse() : all).map((part) => {
    const change = ChangeSet.of(part.map(({ from, gone, insert }) => ({ from: from + shift, to: from + shift + gone, insert })), length)
    if (!backwards) shift += change.newLength - length
    length = change.newLength
    return change
  })
}

function cost(changes: ChangeSet): number {
  let sum = 0
  changes.iterChanges((fromA, toA, fromB, toB) => { sum += PLACE + UNIT * (toA - fromA + toB - fromB) }, true)
  return sum
}

/** places are the places of a change, in the text before it; long ones are cut. */
function places(changes: ChangeSet, doc: Text, most: number): Place[] {
  const all: Place[] = []
  changes.iterChanges((fromA, toA, _fromB, _toB, insert) => {
    const n = Math.ceil(UNIT * (toA - fromA + insert.length) / (most - PLACE))
    let gone = 0, put = 0
    for (let i = 1; i <= n; i++) {
      const goes = i === n ? toA - fromA : whole(doc, fromA, Math.floor((toA - fromA) * i / n))
      const comes = i === n ? insert.length : whole(insert, 0, Math.floor(insert.length * i / n))
      all.push({ from: fromA + gone, gone: goes - gone, insert: insert.slice(put, comes) })
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

const known = new WeakMap<Transaction, readonly ChangeSet[]>()

/** partsOf are the parts of an edit; those of an undo come backwards. */
export function partsOf(tr: Transaction): readonly ChangeSet[] {
  let cut = known.get(tr)
  if (!cut) known.set(tr, cut = parts(tr.changes, tr.startState.doc, tr.isUserEvent('undo')))
  return cut
}
