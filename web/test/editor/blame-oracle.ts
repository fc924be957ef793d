// The rule for the identity of a line, slowly: every character knows which one
// it is, lines are sets of them. Lines that a move may have brought are not
// decided: the server's pairing of them is not modelled.

import type { ChangeSet } from '@codemirror/state'

export interface OracleRow { rev: number; author: string; open: boolean }
interface Char { id: number; c: string }
interface Line { chars: Char[]; left: number; right: number } // the ids of its breaks, -1 the text's start, -2 its end

export class Oracle {
  rows: OracleRow[]
  private chars: Char[] = []
  private ids = 0

  constructor(text: string, rev: number, author: string) {
    this.chars = this.fresh(text)
    this.rows = this.lines().map(() => ({ rev, author, open: false }))
  }

  get text(): string { return this.chars.map((x) => x.c).join('') }

  apply(changes: ChangeSet, rev: number, author: string): void {
    const before = this.lines()
    const chars: Char[] = []
    let at = 0
    changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
      chars.push(...this.chars.slice(at, fromA), ...this.fresh(inserted.toString()))
      at = toA
    })
    const old = new Set(this.chars.map((x) => x.id))
    this.chars = [...chars, ...this.chars.slice(at)]
    const after = this.lines()
    const goesOn = match(before, after)
    const stood = new Set([...this.chars.map((x) => x.id), -1, -2])
    const fresh = (l: Line): boolean => !l.chars.some((x) => old.has(x.id)) && [l.left, l.right].some((b) => b > 0 && !old.has(b))
    const gone = before.filter((l) => l.chars.length && !l.chars.some((x) => stood.has(x.id)) && !(stood.has(l.left) && stood.has(l.right))).map(read)
    const moves = after.some((l) => fresh(l) && read(l).trim() && gone.includes(read(l)))
    this.rows = after.map((l, i) => {
      const was = goesOn[i]
      const row = was !== undefined && read(before[was]!) === read(l) ? this.rows[was]! : { rev, author, open: false }
      return moves && fresh(l) ? { ...row, open: true } : row
    })
  }

  private fresh(text: string): Char[] { return [...text.split('')].map((c) => ({ id: ++this.ids, c })) }

  private lines(): Line[] {
    const out: Line[] = [{ chars: [], left: -1, right: -2 }]
    for (const x of this.chars) {
      const last = out.at(-1)!
      if (x.c === '\n') {
        last.right = x.id
        out.push({ chars: [], left: x.id, right: -2 })
      } else last.chars.push(x)
    }
    return out
  }
}

const read = (l: Line): string => l.chars.map((x) => x.c).join('')

/** match gives, for each new line, the old one that goes on as it. */
function match(before: Line[], after: Line[]): (number | undefined)[] {
  const picks: { line: number; piece: number; units: number }[] = []
  before.forEach((l, line) => {
    const units = after.map((a) => a.chars.filter((x) => l.chars.some((y) => y.id === x.id)).length)
    const most = Math.max(...units)
    if (most > 0) return picks.push({ line, piece: units.indexOf(most), units: most })
    const left = after.findIndex((a) => a.left === l.left)
    const right = after.findIndex((a) => a.right === l.right)
    if (l.chars.length ? left >= 0 && right >= 0 : left >= 0 || right >= 0) picks.push({ line, piece: left >= 0 ? left : right, units: 0 })
    return 0
  })
  return after.map((_, piece) => {
    const here = picks.filter((p) => p.piece === piece)
    const most = Math.max(...here.map((p) => p.units))
    return here.find((p) => p.units === most)?.line
  })
}
