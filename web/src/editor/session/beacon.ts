import type { Text } from '@codemirror/state'
import type { Beacon } from './wire'

/**
 * matches says whether the log's text and the one that stands here are what the
 * beacon tells. Pages that came without TLS cannot hash and compare lengths.
 */
export async function matches(m: Beacon, base: Text, doc: Text): Promise<boolean> {
  if (!doc.eq(base)) return false
  if (base.length !== m.length) return false
  if (typeof crypto === 'undefined' || !crypto.subtle) return true
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(base.toString()))
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('') === m.sha256
}
