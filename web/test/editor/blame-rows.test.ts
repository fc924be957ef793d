import { EditorState, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { gaps } from '../../src/editor/blame/gaps'
import { labelAt } from '../../src/editor/blame/run'
import { blameState, rowsOf, whoami } from '../../src/editor/blame/state'
import { nobody, Rows, type Row } from '../../src/editor/blame/rows'
import { HeadlessHost } from '../../src/editor/session/host'
import { Peer } from '../../src/editor/session/peer'
import { random, seedFor } from '../random'

const row = (rev: number, author = 'a', more: Partial<Row> = {}): Row => ({ ...nobody, author: { id: author, name: author, kind: 'person' }, rev, at: rev, ...more })

test('rows spliced at random are an array spliced so', () => {
  const seed = seedFor('blame-rows')
  const { below, chance } = random(seed)
  let plain: Row[] = Array.from({ length: 700 }, (_, i) => row(i + 1))
  let rows = Rows.of(plain)
  const said: string[] = []
  for (let i = 0; i < 1500; i++) {
    const from = below(plain.length + 1)
    const to = Math.min(plain.length, from + (chance(0.1) ? below(500) : below(3)))
    const put = Array.from({ length: chance(0.1) ? below(600) : below(3) }, (_, n) => row(10_000 + i * 1000 + n, 'b'))
    said.push(`${from},${to},${put.length}`)
    const where = `SEED=${seed} ${said.join(' ')}`
    rows = rows.splice(from, to, put)
    plain = [...plain.slice(0, from), ...put, ...plain.slice(to)]
    expect(rows.length, where).toBe(plain.length)
    if (i % 20 === 0) expect(rows.slice(0, rows.length), where).toEqual(plain)
  }
})

const LINES = 20_000

function long(): { host: HeadlessHost; peer: Peer } {
  const text = Text.of(Array.from({ length: LINES }, (_, i) => `line ${i} of a long text`))
  const blame = { authors: [{ id: 'x', name: 'X', kind: 'person' }], spans: [], lines: Array.from({ length: LINES }, (): [number, number, number, boolean] => [2, 0, 0, false]) }
  const peer = new Peer('me', () => false)
  const host = peer.host = new HeadlessHost(EditorState.create({ extensions: [peer.extension, blameState, gaps, whoami.of(() => ({ id: 'me', name: 'Me', kind: 'person' }))] }))
  peer.reload({ rev: 2, chain: '', text, blame }, [])
  return { host, peer }
}

test('the rows of 20,000 lines stay those of the text while somebody types and the gutter is looked at', () => {
  const { host, peer } = long()
  const { below } = random(1)
  const start = performance.now()
  for (let i = 0; i < 2000; i++) {
    const at = host.state.doc.line(1 + below(LINES)).to
    host.edit({ changes: { from: at, insert: i % 20 ? 'a' : '\n' } })
    peer.sent = i + 1
    if (i >= 5) { // a second's typing is under way when the first of it comes back
      const [changes] = peer.pending
      const line = peer.base.lineAt(at).number // wherever: the shape of the rows is what counts
      const rows: [number, number, [number, string, number, boolean][]][] = changes!.newLength > changes!.length && changes!.apply(peer.base).lines > peer.base.lines ? [[line - 1, 1, [[i, 'x', 0, false], [i, 'y', 0, false]]]] : []
      peer.take([{ rev: peer.rev + 1, at: i, user: 'Y', author: 'y', client: 'me', seq: peer.confirmed + 1, kind: null, changes: changes!, ...(rows.length ? { rows } : {}) }], '')
    }
    expect(rowsOf(host.state)!.length).toBe(host.state.doc.lines)
  }
  console.log(`a keystroke and a look: ${((performance.now() - start) / 2000).toFixed(4)} ms`)
})

test('a run has one label, with its newest time, and says its name again when it is long', () => {
  const rows = Rows.of([row(3), row(9), row(4), row(5, 'b'), ...Array.from({ length: 60 }, (_, i) => row(100 + i))])
  const labels = Array.from({ length: rows.length }, (_, i) => [i, labelAt(rows, i)?.at]).filter(([, at]) => at !== undefined)
  expect(labels).toEqual([[0, 9], [3, 5], [4, 119], [24, 143], [48, 159]])
  expect(labelAt(Rows.of([nobody]), 0)).toBeNull()
})
