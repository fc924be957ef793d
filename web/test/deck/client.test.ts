import { expect, test } from 'vitest'
import { world, type Person } from './world'

const room = (p: Person) => p.client.room!
const frames = (p: Person) => p.up.map((f) => JSON.parse(f))

test('the first keystroke begins a line, the next change it, Enter finishes it', () => {
  const { people: [a], settle, truth } = world('Alice')
  room(a!).type('h')
  room(a!).type('hi')
  room(a!).submit()
  expect(frames(a!)).toEqual([{ type: 'new', value: 'h' }]) // the rest waits to hear that this line is ours
  a!.drain()
  settle()
  expect(truth()).toEqual(['hi'])
  expect(room(a!).lines[0]!.submitted).toBe(true)
  expect(room(a!).current.blank).toBe(true)
  expect(a!.client.dirty).toBe(false)
})

test('Enter in an empty place says nothing', () => {
  const { people: [a] } = world('Alice')
  room(a!).submit()
  expect(a!.up).toEqual([])
})

test('another line is taken by its index and revision, at the first change and not before', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  room(a!).type('abc')
  settle()
  expect(room(b!).take(0)).toBe(true)
  expect(b!.up).toEqual([])
  const rev = room(b!).lines[0]!.rev
  room(b!).type('abcd')
  room(b!).type('abcde')
  expect(frames(b!)).toEqual(['abcd', 'abcde'].map((value) => ({ type: 'update', value, line: 0, rev })))
  settle()
  room(b!).type('abcde')
  room(b!).type('abcdef')
  room(b!).type('abcde')
  expect(frames(b!)).toEqual(['abcdef', 'abcde'].map((value) => ({ type: 'update', value }))) // now known as ours
  settle()
  expect(truth()).toEqual(['abcde'])
})

test('while edits are unacknowledged the line in hand is left alone, then takes in what others did', () => {
  const { people: [a, b], settle } = world('Alice', 'Ben')
  room(a!).type('abc')
  settle()
  room(b!).take(0)
  room(b!).type('Xabc')
  room(a!).type('abcY')
  b!.send()
  a!.receive()
  expect(room(a!).current.value).toBe('abcY')
  settle()
  expect(room(a!).current.value).toBe('XabcY')
  expect(room(b!).current.value).toBe('XabcY')
})

test('a composing line is left alone, though all is acknowledged', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  room(a!).type('ab')
  settle()
  room(a!).composing = true
  room(a!).type('abㅎ')
  settle()
  room(b!).take(0)
  room(b!).type('Xabㅎ')
  settle()
  expect(room(a!).current.value).toBe('abㅎ')
  room(a!).type('ab하')
  settle()
  expect(truth()).toEqual(['Xab하'])
  expect(room(a!).current.value).toBe('ab하')
  room(a!).composed('ab하')
  expect(room(a!).current.value).toBe('Xab하')
})

test('what is retyped after another deleted it is sent, not taken for nothing new', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  room(a!).type('aa')
  settle()
  room(b!).take(0)
  room(b!).type('a')
  settle()
  expect(room(a!).current.value).toBe('a')
  room(a!).type('aa')
  expect(frames(a!)[0]).toMatchObject({ line: 0, value: 'aa' })
  settle()
  expect(truth()).toEqual(['aa'])
})

test('the mark is honest at every step', () => {
  const { people: [a], settle } = world('Alice')
  const mark = () => room(a!).current.mark(room(a!).joined)
  expect(mark()).toBeNull()
  room(a!).type('x')
  expect(mark()).toEqual({ at: 'sent' })
  settle()
  expect(mark()).toEqual({ at: 'disk', rev: 2 })
  a!.cut()
  expect(mark()).toEqual({ at: 'disk', rev: 2 })
  room(a!).type('xy')
  expect(mark()).toEqual({ at: 'here' })
  expect(a!.client.dirty).toBe(true)
  a!.plug()
  settle()
  expect(mark()).toEqual({ at: 'disk', rev: 3 })
})

test('after a break a line in doubt is asked about before it is sent again', () => {
  const { people: [a], settle, truth } = world('Alice')
  room(a!).type('known')
  settle()
  room(a!).type('known more')
  a!.send() // it arrives, its receipt does not
  a!.cut()
  expect(truth()).toEqual(['known more'])
  room(a!).type('known more!')
  a!.plug()
  while (a!.up.every((f) => !f.includes('update'))) { a!.send(); a!.receive() }
  expect(frames(a!).at(-1)).toEqual({ type: 'update', value: 'known', line: 0, rev: 2 })
  settle()
  expect(truth()).toEqual(['known more!'])
})

test('a line begun just before a break is found again, finished or not', () => {
  for (const finish of [false, true]) {
    for (let arrived = 0; arrived <= (finish ? 4 : 3); arrived++) {
      const { people: [a], settle, truth } = world('Alice')
      room(a!).type('n')
      room(a!).type('new')
      if (finish) room(a!).submit()
      for (let i = 0; i < arrived; i++) a!.send() || a!.receive()
      a!.cut()
      a!.plug()
      settle()
      expect(truth(), `finish ${finish}, arrived ${arrived}`).toEqual(['new'])
      expect(room(a!).lines[0]!.submitted).toBe(finish)
      expect(a!.client.dirty).toBe(false)
    }
  }
})

test('a thread left with words unsent keeps them until one is back', () => {
  const { people: [a], id, settle, truth } = world('Alice')
  a!.cut()
  room(a!).type('kept')
  a!.client.leave()
  expect(a!.client.dirty).toBe(true)
  a!.plug()
  settle()
  expect(truth()).toEqual([])
  a!.client.go(id)
  settle()
  expect(truth()).toEqual(['kept'])
  expect(a!.client.dirty).toBe(false)
})

test('a late resync of a thread that was left is not taken for a new one', () => {
  const { mock, people: [a], id, settle } = world('Alice')
  mock.insert(mock.threads.get(id), 0, 'above', 'Robot')
  a!.client.leave()
  a!.client.open('Another')
  settle()
  expect(a!.client.want).not.toBe(id)
  expect(room(a!).title).toBe('Another')
})

test('an unknown thread is said and leaves the list in place', () => {
  const { people: [a], settle } = world('Alice')
  a!.client.go('NOWHERE')
  settle()
  expect(a!.client.troubles.open?.code).toBe('not_found')
  expect(a!.client.want).toBeNull()
})

test('a refused line comes back into the hand', () => {
  const { mock, people: [a], settle } = world('Alice')
  mock.refuse = 'bad_value'
  room(a!).type('no')
  room(a!).submit()
  settle()
  expect(room(a!).current.value).toBe('no')
  expect(room(a!).current.mark(true)).toMatchObject({ at: 'refused', code: 'bad_value' })
  mock.refuse = null
  room(a!).type('now')
  room(a!).submit()
  settle()
  expect(room(a!).lines.map((l) => [l.value, l.submitted])).toEqual([['now', true]])
})

test('lines written at once keep their order', () => {
  const { people: [a], settle, truth } = world('Alice')
  for (const value of ['one', 'two', 'three']) { room(a!).type(value); room(a!).submit() }
  room(a!).type('four')
  a!.drain()
  settle()
  expect(truth()).toEqual(['one', 'two', 'three', 'four'])
  expect(room(a!).lines.map((l) => l.submitted)).toEqual([true, true, true, false])
})

test('a submit never names a line: it finishes the current one or begins and finishes one', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  room(a!).type('mine')
  settle()
  room(b!).take(0)
  room(b!).type('mine too')
  room(b!).submit()
  expect(frames(b!)).toEqual([{ type: 'update', value: 'mine too', line: 0, rev: 2 }])
  b!.send()
  while (b!.up.length === 0) b!.receive()
  expect(frames(b!)).toEqual([{ type: 'submit', value: 'mine too' }])
  settle()
  expect(truth()).toEqual(['mine too'])
  expect(room(b!).lines[0]!.submitted).toBe(true)
})
