// What the save mark says: where the newest of one's own edits is.

import type { Link, Phase } from './session/exchange'

/** What of a session the mark depends on. */
export interface Standing {
  saved: { typed: number; sent: number; disk: number }
  link: Link
  phase: Phase
  kept: boolean
}

/**
 * typed: here only; sent: on its way; disk: all is on the server's disk;
 * offline: no connection, nothing of one's own waits; waiting: no connection and
 * edits that wait for it; opening: nothing is known yet; stuck: edits that no
 * longer fit what is on disk.
 */
export type Kind = 'opening' | 'typed' | 'sent' | 'disk' | 'offline' | 'waiting' | 'stuck'

export interface Saved {
  kind: Kind
  /** edits that are not known to be on disk */
  edits: number
  /** the revision of this client's last entry on disk, or the head as it was loaded */
  disk: number
  /** whether what waits outlives this page */
  kept: boolean
}

export function savedOf(s: Standing): Saved {
  const edits = s.saved.typed + s.saved.sent
  return { kind: kindOf(s, edits), edits, disk: s.saved.disk, kept: s.kept }
}

function kindOf(s: Standing, edits: number): Kind {
  if (s.phase === 'stuck') return 'stuck'
  if (s.link !== 'up' && edits > 0) return 'waiting'
  if (s.link === 'down') return 'offline'
  if (s.phase === 'opening') return 'opening'
  if (s.saved.typed > 0) return 'typed'
  return s.saved.sent > 0 ? 'sent' : 'disk'
}
