// Random edits of the kinds that people make.

import { ChangeSet, type ChangeSpec, type Text } from '@codemirror/state'
import type { random } from '../random'

type Random = ReturnType<typeof random>

export function edit(doc: Text, { below, pick, chance }: Random): ChangeSet {
  const pos = (): number => below(doc.length + 1)
  const line = () => doc.line(1 + below(doc.lines))
  const words = (): string => pick(['a', 'b', 'ab', 'ba', 'x y', '가', 'a\nb', '\n', '\n\n', 'b\n', '\na'])
  const two = (): [number, number] => {
    const [a, b] = [pos(), Math.min(doc.length, pos())]
    return a < b ? [a, b] : [b, a]
  }
  const near = (): [number, number] => {
    const from = pos()
    return [from, Math.min(doc.length, from + below(4))]
  }
  const kinds: (() => ChangeSpec)[] = [
    () => ({ from: pos(), insert: pick(['a', 'b', '가']) }),
    () => ({ from: line().to, insert: '\n' }),
    () => ({ from: line().from, insert: '\n' }),
    () => ({ from: pos(), insert: words() }),
    () => { const [from, to] = near(); return { from, to } },
    () => { const [from, to] = near(); return { from, to, insert: words() } },
    () => { const [from, to] = doc.length > 30 || chance(0.1) ? two() : near(); return { from, to, insert: chance(0.5) ? words() : '' } },
    () => { const l = line(); return { from: l.from, to: l.to, insert: pick(['', 'new', 'a']) } },
    () => { const l = line(); return { from: l.from, to: Math.min(doc.length, l.to + 1) } },
    () => { // two places
      const [a, b] = [pos(), pos()]
      return [a, b].map((from) => ({ from, insert: words() }))
    },
    () => { // two cuts
      const at = [pos(), pos(), pos(), pos()].sort((a, b) => a - b)
      return [{ from: at[0]!, to: at[1]!, insert: chance(0.3) ? words() : '' }, ...(at[2]! > at[1]! ? [{ from: at[2]!, to: at[3]!, insert: chance(0.3) ? words() : '' }] : [])]
    },
    () => { // a line up, as the editor does it
      if (doc.lines < 2) return { from: 0, insert: 'a' }
      const l = doc.line(2 + below(doc.lines - 1))
      const up = doc.line(l.number - 1)
      return [{ from: up.from, to: l.from }, { from: l.to, insert: `\n${up.text}` }]
    },
  ]
  return ChangeSet.of(pick(kinds)(), doc.length)
}
