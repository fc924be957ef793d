// What the save mark says: where this person's newest edit is.

import type { Link, Phase } from './session/exchange'

/** The part of a session that the mark depends on. */
export interface Standing {
  saved: { typed: number; sent: number; disk: number }
  link: Link
  phase: Phase
  unknown: boolean
  kept: boolean
}

/**
 * typed: here only; sent: on its way; disk: everything is on the server's disk;
 * offline: no connection and no edit waits; waiting: no connection, and edits
 * wait for it; opening: nothing is known yet; stuck: edits that no longer fit
 * the text on disk.
 */
export type Kind = 'opening' | 'typed' | 'sent' | 'disk' | 'offline' | 'waiting' | 'stuck'

export interface Saved {
  kind: Kind
  /** edits that may not be on disk */
  edits: number
  /** the revision of this client's last entry on disk, or the head as it was loaded */
  disk: number
  /** whether waiting edits survive this page */
  kept: boolean
}

export function savedOf(s: Standing): Saved {
  const edits = s.saved.typed + s.saved.sent
  return { kind: kindOf(s, edits), edits, disk: s.saved.disk, kept: s.kept }
}

function kindOf(s: Standing, edits: number): Kind {
  if (s.phase === 'stuck') return 'stuck'
  if ((s.link !== 'up' || s.unknown) && edits > 0) return 'waiting'
  if (s.link === 'down') return 'offline'
  if (s.phase === 'opening') return 'opening'
  if (s.saved.typed > 0) return 'typed'
  return s.saved.sent > 0 ? 'sent' : 'disk'
}
