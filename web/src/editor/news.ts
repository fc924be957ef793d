// Announcements for screen readers: people who join or leave, and the connection.
// They are gathered, so that ten people who join make one sentence.

import type { Extension } from '@codemirror/state'
import { EditorView, ViewPlugin } from '@codemirror/view'
import { counted } from '../base/words'
import type { Link } from './session/exchange'
import type { Person } from './session/presence'
import type { Session } from './session/session'
import { words } from './words'

const GATHER = 2000 // ms between two announcements
const FEW = 3 // names that are said one by one

/** A Watch finds out what changed since its last look. */
export class Watch {
  private here: Map<string, string> | null = null
  private link: Link = 'up'

  /** look returns sentences. The people at the first look are not news, nor is this person. */
  look(people: readonly Person[], link: Link, me: string | null): string[] {
    const out: string[] = []
    if (link !== 'connecting' && link !== this.link) {
      out.push(link === 'up' ? words.back : words.gone)
      this.link = link
    }
    if (link !== 'up') { // nobody knows then who is here
      this.here = null
      return out
    }
    const now = new Map(people.filter((p) => p.author !== me).map((p) => [p.author, p.user]))
    if (this.here) {
      out.push(...sentence(without(now, this.here), words.joined, words.manyJoined))
      out.push(...sentence(without(this.here, now), words.left, words.manyLeft))
    }
    // A list without this person's own name has not arrived yet.
    if (people.length > 0) this.here = now
    return out
  }
}

const without = (a: Map<string, string>, b: Map<string, string>): string[] => [...a].filter(([id]) => !b.has(id)).map(([, user]) => user)

function sentence(names: string[], one: (names: string) => string, many: (n: string, one: boolean) => string): string[] {
  if (names.length === 0) return []
  return [names.length > FEW ? counted(many, names.length) : one(names.join(', '))]
}

export function news(session: Session): Extension {
  return ViewPlugin.define((view) => {
    const watch = new Watch()
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = (): void => {
      timer = undefined
      const said = watch.look(session.people, session.link, session.author)
      if (said.length > 0) view.dispatch({ effects: said.map((s) => EditorView.announce.of(s)) })
    }
    const end = session.onChange(() => { timer ??= setTimeout(look, GATHER) })
    return { destroy() { end(); clearTimeout(timer) } }
  })
}
