// Who changed each line last, for every line of a text: a persistent sequence.
// A keystroke replaces one row of maybe twenty thousand, so the rows lie in
// chunks and only the touched ones are copied; what many chunks have not (rows
// not on disk yet, rows in doubt) each chunk knows of itself.

export interface Author { readonly id: string; readonly name: string; readonly kind: string }

/** A Row says who changed a line last, and when. */
export interface Row {
  readonly author: Author
  /** The revision that did; 0 where it has none yet. */
  readonly rev: number
  /** Unix milliseconds. */
  readonly at: number
  /** Finished, and unchanged since. */
  readonly submitted: boolean
  /** Which of this editor's own edits it waits for, counted from 1; 0 when on disk. */
  readonly serial: number
  /** Whether the server should be asked. */
  readonly doubt: boolean
}

/** Of a line in a text where nobody wrote anything. */
export const nobody: Row = { author: { id: '', name: '', kind: '' }, rev: 0, at: 0, submitted: false, serial: 0, doubt: false }

/** Of a line that the server has not told about yet. */
export const unknown: Row = { ...nobody, doubt: true }

/** isNobody: nobody wrote in the text this line is of. */
export const isNobody = (row: Row): boolean => isBlank(row) && !row.doubt

/** isBlank: there is nothing to show. */
export const isBlank = (row: Row): boolean => row.rev === 0 && row.serial === 0

const SIZE = 128 // rows a chunk is cut to; one may grow to twice as many

interface Chunk { readonly rows: readonly Row[]; readonly oldest: number; readonly doubt: boolean }

function chunk(rows: readonly Row[]): Chunk {
  let oldest = 0 // the least serial in it
  let doubt = false
  for (const r of rows) {
    if (r.serial && (!oldest || r.serial < oldest)) oldest = r.serial
    if (r.doubt) doubt = true
  }
  return { rows, oldest, doubt }
}

function cut(rows: readonly Row[]): Chunk[] {
  if (rows.length <= 2 * SIZE) return rows.length ? [chunk(rows)] : []
  const out: Chunk[] = []
  for (let i = 0; i < rows.length; i += SIZE) out.push(chunk(rows.slice(i, i + SIZE)))
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
      n += chunks[c]!.rows.length
    }
    this.length = n
  }

  static of(rows: readonly Row[]): Rows { return new Rows(cut(rows)) }

  /** at is the row of line i, from 0, which must be there. */
  at(i: number): Row {
    const c = this.holding(i)
    return this.chunks[c]!.rows[i - this.starts[c]!]!
  }

  slice(from: number, to: number): Row[] {
    const out: Row[] = []
    for (let i = from; i < to; i++) out.push(this.at(i))
    return out
  }

  /** splice puts rows in the place of lines from…to-1. */
  splice(from: number, to: number, rows: readonly Row[]): Rows {
    if (!this.chunks.length) return Rows.of(rows)
    const first = this.holding(Math.min(from, this.length - 1))
    const last = to > from ? this.holding(to - 1) : first
    const head = this.chunks[first]!.rows.slice(0, from - this.starts[first]!)
    const tail = this.chunks[last]!.rows.slice(to - this.starts[last]!)
    let made = head.concat(rows, tail)
    let after = last + 1
    // A small rest joins its neighbour, or deleting would leave crumbs.
    if (made.length < SIZE / 4 && after < this.chunks.length) made = made.concat(this.chunks[after++]!.rows)
    return new Rows([...this.chunks.slice(0, first), ...cut(made), ...this.chunks.slice(after)])
  }

  /** settle gives the rows that wait for one of the edits up to serial what became of it. */
  settle(serial: number, author: Author, rev: number, at: number): Rows {
    return this.change(
      (c) => c.oldest > 0 && c.oldest <= serial,
      (r) => (r.serial && r.serial <= serial ? { ...r, serial: 0, author, rev, at } : r),
    )
  }

  /** doubtedAt has the rows of lines from…to-1, as far as there are such, in doubt. */
  doubtedAt(from: number, to: number): Rows {
    const [first, end] = [Math.max(0, from), Math.min(this.length, to)]
    return this.splice(first, end, this.slice(first, end).map((r) => (r.doubt ? r : { ...r, doubt: true })))
  }

  /** doubted has them all in doubt. */
  doubted(): Rows {
    return this.change(() => true, (r) => (r.doubt ? r : { ...r, doubt: true }))
  }

  /** doubtful says whether one of the lines from…to-1 is in doubt. */
  doubtful(from: number, to: number): boolean {
    for (let c = 0; c < this.chunks.length; c++) {
      const start = this.starts[c]!
      const { rows, doubt } = this.chunks[c]!
      if (!doubt || start + rows.length <= from || start >= to) continue
      for (let i = Math.max(from - start, 0); i < rows.length && start + i < to; i++) if (rows[i]!.doubt) return true
    }
    return false
  }

  private change(wanted: (c: Chunk) => boolean, f: (r: Row) => Row): Rows {
    let any = false
    const chunks = this.chunks.map((c) => {
      if (!wanted(c)) return c
      any = true
      return chunk(c.rows.map(f))
    })
    return any ? new Rows(chunks) : this
  }

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
