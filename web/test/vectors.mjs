// Prints test vectors for the Go package eventlog/ot, computed by CodeMirror
// itself: one JSON object a line.
//
//   node web/test/vectors.mjs --seed 7 --count 20000
//
// The same seed gives the same vectors. In each, a and b are made for doc, and
// c for what b makes of it:
//
//   raw     a, with sections cut into neighbours of one kind
//   mapF    raw.map(b)               mapT   raw.map(b, true)
//   overF   b.map(raw)               overT  b.map(raw, true)
//   comp    b.compose(c)             mapC   a.map(comp)
//   invA    a.invert(doc)            out    a.apply(doc)
//   pos     a.mapPos(p, -1), then a.mapPos(p, 1), for every p from 0 to the end

import { parseArgs } from "node:util"
import { ChangeSet, Text } from "@codemirror/state"

const ALPHABET = ["a", "b", "x", "\u00e9", "\ud55c", "\u{1f600}", "\n", "\n"]

const { values: options } = parseArgs({
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "1000" } },
})

// A counter stirred by two multiplications (the finalizer of MurmurHash3).
function random(seed) {
  let state = Number(BigInt.asUintN(32, BigInt(seed)))
  return below => {
    state = (state + 0x9e3779b9) >>> 0
    let h = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) % below
  }
}

const below = random(options.seed)
const pick = list => list[below(list.length)]

// At most units UTF-16 code units: an emoji that does not fit is left out.
function randomText(units) {
  let s = ""
  for (const target = below(units + 1); s.length < target; ) {
    const next = pick(ALPHABET)
    if (s.length + next.length > target && next.length > 1) continue
    s += next
  }
  return s
}

// The positions between code points.
function boundaries(s) {
  const list = [0]
  for (const point of s) list.push(list.at(-1) + point.length)
  return list
}

// One to three edits that do not overlap, but may touch. Half of the changes
// are two of those composed, which leaves sections side by side.
function randomChange(doc) {
  const first = randomEdits(doc)
  if (below(2)) return first
  return first.compose(randomEdits(first.apply(textOf(doc)).toString()))
}

function randomEdits(doc) {
  const places = boundaries(doc)
  const count = 1 + below(3)
  const cuts = Array.from({ length: 2 * count }, () => pick(places)).sort((x, y) => x - y)
  const edits = []
  for (let i = 0; i < cuts.length; i += 2) {
    const [from, to] = [cuts[i], cuts[i + 1]]
    switch (below(3)) {
      case 0: edits.push({ from, insert: randomText(3) }); break
      case 1: edits.push({ from, to }); break
      default: edits.push({ from, to, insert: randomText(3) })
    }
  }
  return ChangeSet.of(edits, doc.length)
}

const textOf = s => Text.of(s.split("\n"))

// The same change in a longer spelling, which other writers may send: keeps,
// deletions and pure insertions cut in two. A pair is not cut.
function spellOut(change) {
  const sections = []
  for (const part of change.toJSON()) {
    const isKeep = typeof part === "number"
    const [old, ...lines] = isKeep ? [part] : part
    const text = lines.join("\n")
    if (old > 1 && !text && below(2)) {
      const n = 1 + below(old - 1)
      sections.push(...(isKeep ? [n, old - n] : [[n], [old - n]]))
    } else if (old === 0 && [...text].length > 1 && below(2)) {
      const at = pick(boundaries(text).slice(1, -1))
      sections.push([0, ...text.slice(0, at).split("\n")], [0, ...text.slice(at).split("\n")])
    } else {
      sections.push(part)
    }
  }
  return sections
}

function positions(change, assoc) {
  return Array.from({ length: change.length + 1 }, (_, p) => change.mapPos(p, assoc))
}

function vector() {
  const doc = randomText(14), text = textOf(doc)
  const a = randomChange(doc), b = randomChange(doc)
  const c = randomChange(b.apply(text).toString())
  const raw = spellOut(a), rawA = ChangeSet.fromJSON(raw), comp = b.compose(c)
  return {
    doc, a, b, c, raw,
    mapF: rawA.map(b), mapT: rawA.map(b, true), overF: b.map(rawA), overT: b.map(rawA, true),
    comp, mapC: a.map(comp), invA: a.invert(text), out: a.apply(text).toString(),
    pos: [...positions(a, -1), ...positions(a, 1)],
  }
}

// Written in pieces, and no faster than the reader reads.
for (let left = Number(options.count); left > 0; ) {
  let piece = ""
  for (const stop = Math.max(0, left - 500); left > stop; left--) piece += JSON.stringify(vector()) + "\n"
  if (!process.stdout.write(piece)) await new Promise(go => process.stdout.once("drain", go))
}
