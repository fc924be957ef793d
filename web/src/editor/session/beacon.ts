import type { Text } from '@codemirror/state'
import type { Beacon } from './wire'

/**
 * matches reports whether the log's text and the text here are the beacon's.
 * Pages without TLS cannot hash, so they compare lengths.
 */
export async function matches(m: Beacon, base: Text, doc: Text): Promise<boolean> {
  if (!doc.eq(base)) return false
  if (base.length !== m.length) return false
  if (typeof crypto === 'undefined' || !crypto.subtle) return true
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(base.toString()))
  return [...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('') === m.sha256
}
