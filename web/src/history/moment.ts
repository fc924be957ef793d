// A moment of a thread, and its difference from an earlier one. The server
// names the author of each insertion and deletion; no texts are compared here.

import type { DeletedRow, SpanRow } from './server'

/** Lit is inserted text; rev is the last revision that contributed to it. */
export interface Lit { from: number; to: number; author: number; rev: number }

/** lit joins the spans that are newer than `since`, neighbours of one author into one. */
export function lit(spans: readonly SpanRow[], since: number): Lit[] {
  const all: Lit[] = []
  let pos = 0
  for (const [length, rev, author] of spans) {
    const last = all.at(-1)
    if (rev > since && length > 0) {
      if (last && last.to === pos && last.author === author) {
        last.to += length
        last.rev = Math.max(last.rev, rev)
      } else all.push({ from: pos, to: pos + length, author, rev })
    }
    pos += length
  }
  return all
}

/** A Ghost is deleted text, at the place where it would stand. */
export interface Ghost { pos: number; text: string; author: number; rev: number }

/** ghosts joins deletions at one place by one author: holding a key down is one act. */
export function ghosts(deleted: readonly DeletedRow[]): Ghost[] {
  const all: Ghost[] = []
  for (const [pos, text, rev, author] of deleted) {
    const last = all.at(-1)
    if (last && last.pos === pos && last.author === author) {
      last.text += text
      last.rev = Math.max(last.rev, rev)
    } else if (text !== '') all.push({ pos, text, author, rev })
  }
  return all
}

/** A Share is how many of the present units an author inserted, and how many of the earlier ones they deleted. */
export interface Share { author: number; inserted: number; deleted: number }

/** shares are the authors' parts in a difference, the largest first. */
export function shares(inserted: readonly Lit[], deleted: readonly Ghost[]): Share[] {
  const all = new Map<number, Share>()
  const of = (author: number): Share => {
    const share = all.get(author) ?? { author, inserted: 0, deleted: 0 }
    all.set(author, share)
    return share
  }
  for (const l of inserted) of(l.author).inserted += l.to - l.from
  for (const g of deleted) of(g.author).deleted += g.text.length
  return [...all.values()].sort((a, b) => b.inserted + b.deleted - a.inserted - a.deleted || a.author - b.author)
}

/** A Place is a stretch of the text where an author changed something. */
export interface Place { from: number; to: number; author: number }

/** places are the changes of a difference: an author's are one if fewer than `near` units lie between them, and no other author's. */
export function places(inserted: readonly Lit[], deleted: readonly Ghost[], near: number): Place[] {
  const single = [...inserted, ...deleted.map(({ pos, author }) => ({ from: pos, to: pos, author }))].sort((a, b) => a.from - b.from || a.to - b.to)
  const all: Place[] = []
  for (const { from, to, author } of single) {
    const i = all.findLastIndex((p) => p.author === author)
    const last = all[i]
    if (last && from - last.to < near && !all.slice(i + 1).some((p) => p.from < from)) last.to = Math.max(last.to, to)
    else all.push({ from, to, author })
  }
  return all
}
