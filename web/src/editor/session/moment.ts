import { ask } from '../../base/api'
import type { Blame } from './entry'

/** The text of a revision, with its blame if known. */
export interface Moment { text: string; blame: Blame | null }

export const noBlame: Blame = { authors: [], spans: [], lines: [] }

/** momentOf fetches the text and blame of a revision. */
export const momentOf = (thread: string, rev: number): Promise<Moment> =>
  ask<Moment>(`/api/threads/${encodeURIComponent(thread)}/moment?at=${rev}`)
