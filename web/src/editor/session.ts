// One thread in this editor and on the server.

import type { Extension, Text } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import type { Hearer } from '../base/socket'
import type { OutboxStore } from './outbox'

export { blameGiven, entryTaken, type Blame, type Entry } from './entry'

export interface SocketLike {
  open(): void
  close(): void
  /** now tries at once instead of waiting. */
  now(): void
  /** send passes a frame on; false if it could not. */
  send(frame: string): boolean
}

export type Link = 'connecting' | 'up' | 'down'
/** stuck: what stands here cannot be reconciled with the log; refused: the thread cannot be joined. */
export type Phase = 'opening' | 'open' | 'stuck' | 'refused'
export interface Problem { code: string; text: string }
export interface Person { user: string; author: string; mode: 'text' | 'line' }
export interface Cursor { client: string; user: string; author: string; ranges: [number, number][] }

export interface SessionOptions {
  thread: string
  user: string
  socket: (hearer: Hearer) => SocketLike
  store: OutboxStore
}

export declare class Session {
  constructor(options: SessionOptions)
  readonly thread: string
  user: string
  title: string
  rev: number
  readonly: boolean
  link: Link
  retryAt: number | null
  phase: Phase
  problem: Problem | null
  saved: { typed: number; sent: number; disk: number }
  kept: boolean
  people: Person[]
  cursors: Cursor[]
  client: string
  author: string | null
  readonly extension: Extension
  attach(view: EditorView): void
  detach(): void
  onChange(f: () => void): () => void
  start(): void
  stop(): void
  retryNow(): void
  submit(fromLine: number, toLine: number): void
  nameVersion(name: string): Promise<number>
  rename(title: string): Promise<void>
  showSelection(ranges: [number, number][]): void
  confirmed(): { rev: number; text: Text }
  toConfirmed(pos: number): number
  rescue(): { text: string; base: string | null }
  takeTheirs(): void
  putMine(text: string): void
}
