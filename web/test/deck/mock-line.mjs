// A line of the mock server: every character ever in it has an identity, so that
// a client's replacement lands right whatever others did since. It shares nothing
// with the page, so that both cannot have the same error.

let born = 0

export class MockLine {
  id = ++born
  value = ''
  user = ''
  submitted = false
  /** All characters in order, deleted ones too: {c, gone}. */
  all = []

  constructor(value = '', user = '', submitted = false) {
    Object.assign(this, { user, submitted })
    this.edit([], value)
  }

  /** The living characters, as somebody sees them now. */
  view() { return this.all.filter((x) => !x.gone) }

  /** edit turns what a client saw (base) into value, keeps what others did, and gives back what the client sees after. */
  edit(base, value) {
    const { head, tail, put } = step(base, value)
    for (const x of base.slice(head, base.length - tail)) x.gone = true
    const added = put.map((c) => ({ c, gone: false }))
    // Behind all that stands before the next character the client saw: logged first, stays first.
    const next = base[base.length - tail]
    this.all.splice(next ? this.all.indexOf(next) : this.all.length, 0, ...added)
    this.value = this.view().map((x) => x.c).join('')
    return [...base.slice(0, head), ...added, ...base.slice(base.length - tail)]
  }
}

/** step is one replacement on whole code points: common prefix off, then suffix. */
function step(base, value) {
  const y = [...value]
  let head = 0
  while (head < base.length && head < y.length && base[head].c === y[head]) head++
  let tail = 0
  while (tail < base.length - head && tail < y.length - head && base[base.length - 1 - tail].c === y[y.length - 1 - tail]) tail++
  return { head, tail, put: y.slice(head, y.length - tail) }
}

export function cost(base, value) {
  const { head, tail, put } = step(base, value)
  return base.length - head - tail + put.length
}
