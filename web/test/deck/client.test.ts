import { expect, test, vi } from 'vitest'
import { Draft } from '../../src/deck/thread'
import { world, type Person } from './world'

const thread = (p: Person) => p.client.thread!
const frames = (p: Person) => p.up.map((f) => JSON.parse(f))

test('the first keystroke begins a line, the next change it, Enter finishes it', () => {
  const { people: [a], settle, truth } = world('Alice')
  thread(a!).type('h')
  thread(a!).type('hi')
  thread(a!).finish()
  expect(frames(a!)).toEqual([{ type: 'new', value: 'h' }]) // one edit in flight
  a!.send()
  while (a!.up.length === 0) a!.receive()
  expect(frames(a!)).toEqual([{ type: 'update', value: 'hi', line: 0, rev: 2 }])
  settle()
  expect(truth()).toEqual(['hi'])
  expect(thread(a!).lines[0]!.submitted).toBe(true)
  expect(thread(a!).hand.blank).toBe(true)
  expect(thread(a!).dirty).toBe(false)
})

test('Enter in an empty place sends nothing', () => {
  const { people: [a] } = world('Alice')
  thread(a!).finish()
  expect(a!.up).toEqual([])
})

test('another line is named by its index and revision, with the first edit and not before', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  thread(a!).type('abc')
  settle()
  expect(thread(b!).take(0)).toBe(true)
  expect(b!.up).toEqual([])
  thread(b!).type('abcd')
  expect(frames(b!)).toEqual([{ type: 'update', value: 'abcd', line: 0, rev: 2 }])
  settle()
  expect(truth()).toEqual(['abcd'])
})

test('while an edit is in flight the field is left alone, then it shows what others wrote', () => {
  const { people: [a, b], settle } = world('Alice', 'Ben')
  thread(a!).type('abc')
  settle()
  thread(b!).take(0)
  thread(b!).type('Xabc')
  thread(a!).type('abcY')
  b!.send()
  a!.receive()
  expect(thread(a!).hand.value).toBe('abcY')
  settle()
  expect(thread(a!).hand.value).toBe('XabcY')
  expect(thread(b!).hand.value).toBe('XabcY')
})

test('what two people type at both ends of a line at once leaves its middle there once', () => {
  const middles = (): string[] => {
    const { people: [a, b], settle, truth } = world('Alice', 'Ben')
    thread(a!).type('abc')
    settle()
    thread(b!).take(0)
    for (const [p, c] of [[a!, 'A'], [b!, 'B']] as const) {
      for (const value of ['abcd', `${c}abcd`, `${c}abcd${c}`]) thread(p).type(value)
    }
    settle()
    return truth().map((s) => s.replace(/[ABd]/g, ''))
  }
  expect(middles()).toEqual(['abc'])
  const joined = vi.spyOn(Draft.prototype, 'type').mockImplementation(function (this: Draft, value) { this.queue = [value] })
  expect(middles()).toEqual(['abcabc']) // as one edit it would be there twice
  joined.mockRestore()
})

test('a composing field is left alone, though all is on disk', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  thread(a!).type('ab')
  settle()
  thread(a!).composing = true
  thread(a!).type('abㅎ')
  settle()
  thread(b!).take(0)
  thread(b!).type('Xabㅎ')
  settle()
  expect(thread(a!).hand.value).toBe('abㅎ')
  thread(a!).type('ab하')
  settle()
  expect(truth()).toEqual(['Xab하'])
  expect(thread(a!).hand.value).toBe('ab하')
  thread(a!).composed('ab하')
  expect(thread(a!).hand.value).toBe('Xab하')
})

test('what is retyped after another deleted it is sent', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  thread(a!).type('aa')
  settle()
  thread(b!).take(0)
  thread(b!).type('a')
  settle()
  expect(thread(a!).hand.value).toBe('a')
  thread(a!).type('aa')
  settle()
  expect(truth()).toEqual(['aa'])
})

test('after a break, lines without a receipt are named and not sent again', () => {
  const { people: [a], settle, truth } = world('Alice')
  thread(a!).type('on disk')
  settle()
  thread(a!).type('on disk, too')
  thread(a!).finish()
  thread(a!).type('not sent')
  a!.send() // it arrives, its receipt does not
  a!.cut()
  expect(a!.client.unsaved).toEqual(['on disk, too', 'not sent'])
  expect(thread(a!).joined).toBe(false)
  a!.plug()
  settle()
  expect(truth()).toEqual(['on disk, too'])
  expect(a!.text).toEqual(['on disk, too'])
})

test('after a break, a line that was on disk goes on where it was', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  thread(a!).type('one')
  settle()
  a!.cut()
  thread(b!).type('two')
  settle()
  a!.plug()
  settle()
  thread(a!).type('one more')
  settle()
  expect(truth()).toEqual(['one more', 'two'])
  expect(a!.client.unsaved).toEqual([])
})

test('words on their way when a thread is left are named', () => {
  const { people: [a], id, settle, truth } = world('Alice')
  thread(a!).type('k')
  thread(a!).type('kept')
  a!.client.go(null)
  expect(a!.client.unsaved).toEqual(['kept'])
  a!.client.go({ id })
  settle()
  expect(truth()).toEqual(['k'])
  thread(a!).type('next') // the receipt of the thread before is not taken for this one's
  settle()
  expect(truth()).toEqual(['k', 'next'])
  expect(thread(a!).dirty).toBe(false)
})

test('a late resync of a thread that was left is ignored', () => {
  const { mock, people: [a], id, settle } = world('Alice')
  mock.insert(mock.threads.get(id), 0, 'above', 'Robot')
  a!.client.go(null)
  a!.client.go({ title: 'Another' })
  settle()
  expect(a!.client.id).not.toBe(id)
  expect(thread(a!).title).toBe('Another')
})

test('a line follows what is inserted above it, in flight or not', () => {
  for (const sent of [false, true]) {
    const { mock, people: [a], id, settle, truth } = world('Alice')
    thread(a!).type('mine')
    settle()
    thread(a!).type('mine!')
    if (sent) a!.send()
    mock.insert(mock.threads.get(id), 0, 'above', 'Robot')
    settle()
    thread(a!).type('mine!?')
    settle()
    expect(truth()).toEqual(['above', 'mine!?'])
    expect(thread(a!).hand.line).toBe(1)
  }
})

test('an unknown thread is said and leads to the list', () => {
  const { people: [a], settle } = world('Alice')
  a!.client.go({ id: 'NOWHERE' })
  settle()
  expect(a!.client.trouble?.code).toBe('not_found')
  expect(a!.client.want).toBeNull()
})

test('a refused line is named, with the reason, and nothing else is touched', () => {
  const { mock, people: [a], settle, truth } = world('Alice')
  thread(a!).type('first')
  settle()
  thread(a!).compose()
  mock.refuse = 'bad_value'
  thread(a!).type('n')
  thread(a!).type('no')
  settle()
  expect(a!.client.unsaved).toEqual(['no'])
  expect(a!.client.trouble?.code).toBe('bad_value')
  mock.refuse = null
  thread(a!).type('now')
  thread(a!).finish()
  settle()
  expect(truth()).toEqual(['first', 'now'])
})

test('an edit refused for now is sent again, and nothing overtakes it', () => {
  const { mock, people: [a], settle, truth } = world('Alice')
  mock.refuse = 'unavailable'
  for (const value of ['one', 'two']) { thread(a!).type(value); thread(a!).finish() }
  a!.drain()
  a!.tick()
  a!.drain()
  expect(thread(a!).dirty).toBe(true)
  expect(a!.client.trouble?.code).toBe('unavailable')
  mock.refuse = null
  settle()
  expect(truth()).toEqual(['one', 'two'])
  expect(thread(a!).lines.map((l) => l.submitted)).toEqual([true, true])
  expect(a!.client.unsaved).toEqual([])
  expect(a!.client.trouble).toBeNull()
})

test('lines written at once keep their order', () => {
  const { people: [a], settle, truth } = world('Alice')
  for (const value of ['one', 'two', 'three']) { thread(a!).type(value); thread(a!).finish() }
  thread(a!).type('four')
  settle()
  expect(truth()).toEqual(['one', 'two', 'three', 'four'])
  expect(thread(a!).lines.map((l) => l.submitted)).toEqual([true, true, true, false])
})

test('a submit finishes the line that was edited last, and no other', () => {
  const { people: [a, b], settle, truth } = world('Alice', 'Ben')
  thread(a!).type('mine')
  settle()
  thread(b!).type('own')
  settle()
  thread(b!).take(0)
  thread(b!).finish() // untouched: an edit that changes nothing claims it first
  settle()
  expect(truth()).toEqual(['mine', 'own'])
  expect(thread(b!).lines.map((l) => l.submitted)).toEqual([true, false])
})
