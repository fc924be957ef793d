// The people of this page: an author has one colour in the histogram, the gutter
// and the marks, whichever list of the server names them.

import { Palette } from '../base/authors'
import { shownName } from '../base/visible'
import type { Naming } from './marks'
import type { Person } from './server'
import type { Timeline } from './timeline'

export class Cast {
  private readonly palette = new Palette()

  /** colour is the class of a name. */
  colour(name: string): string { return `a${this.palette.of(name)}` }

  /** naming is for indexes into one list of authors. */
  naming(authors: readonly Person[]): Naming {
    const name = (author: number): string => shownName(authors[author]?.name ?? '?')
    return { name, colour: (author) => this.colour(name(author)) }
  }

  /** meet gives the people of a timeline their colours, in the order of their first edits. */
  meet(timeline: Timeline): void { for (const { name } of timeline.authors) this.palette.of(shownName(name)) }
}
