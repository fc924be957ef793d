// Who changed each line last, for every line of a text: a persistent sequence.
// An entry replaces one row of maybe twenty thousand, so the rows lie in chunks
// and only the chunks it touches are copied.

export interface Author { readonly id: string; readonly name: string; readonly kind: string }

/** A Row says who changed a line last, and when. */
export interface Row {
  readonly author: Author
  /** The revision that did; 0 if the log has none yet. */
  readonly rev: number
  /** Unix milliseconds. */
  readonly at: number
  /** Finished, and unchanged since. */
  readonly submitted: boolean
  /** Changed here, by an edit that is not in the log yet. */
  readonly pending: boolean
}

/** The row of a line in a text where nobody wrote anything, or whose author this person may not know. */
export const nobody: Row = { author: { id: '', name: '', kind: '' }, rev: 0, at: 0, submitted: false, pending: false }

/** isBlank reports that a row has nothing to show. */
export const isBlank = (row: Row): boolean => row.rev === 0 && !row.pending

const SIZE = 128 // rows a chunk is cut to; one may grow to twice as many

type Chunk = readonly Row[]

function cut(rows: readonly Row[]): Chunk[] {
  if (rows.length <= 2 * SIZE) return rows.length ? [rows] : []
  const out: Chunk[] = []
  for (let i = 0; i < rows.length; i += SIZE) out.push(rows.slice(i, i + SIZE))
  return out
}

export class Rows {
  readonly length: number
  private readonly starts: number[]

  private constructor(private readonly chunks: readonly Chunk[]) {
    this.starts = new Array<number>(chunks.length)
    let n = 0
    for (let c = 0; c < chunks.length; c++) {
      this.starts[c] = n
      n += chunks[c]!.length
    }
    this.length = n
  }

  static of(rows: readonly Row[]): Rows { return new Rows(cut(rows)) }

  /** at is the row of line i, from 0; nobody's where there is none. */
  at(i: number): Row {
    const c = this.holding(i)
    return this.chunks[c]?.[i - this.starts[c]!] ?? nobody
  }

  slice(from: number, to: number): Row[] {
    const out: Row[] = []
    for (let i = from; i < to; i++) out.push(this.at(i))
    return out
  }

  /** splice puts rows in place of those from…to-1. */
  splice(from: number, to: number, rows: readonly Row[]): Rows {
    if (!this.chunks.length) return Rows.of(rows)
    const first = this.holding(Math.min(from, this.length - 1))
    const last = to > from ? this.holding(to - 1) : first
    const head = this.chunks[first]!.slice(0, from - this.starts[first]!)
    const tail = this.chunks[last]!.slice(to - this.starts[last]!)
    let made = head.concat(rows, tail)
    let after = last + 1
    // A small rest joins its neighbour, or deletions would leave crumbs.
    if (made.length < SIZE / 4 && after < this.chunks.length) made = made.concat(this.chunks[after++]!)
    return new Rows([...this.chunks.slice(0, first), ...cut(made), ...this.chunks.slice(after)])
  }

  /** holding is the index of the chunk with row i. */
  private holding(i: number): number {
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const mid = (low + high + 1) >> 1
      if (this.starts[mid]! <= i) low = mid
      else high = mid - 1
    }
    return low
  }
}
