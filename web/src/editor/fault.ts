// Why the server refused something, in plain words.

import { why } from '../base/phrases'

/** faultOf says why a promise of the session or of base/api was rejected. */
export function faultOf(e: unknown): string {
  const { code, text, message } = (e ?? {}) as { code?: unknown; text?: unknown; message?: unknown }
  const said = [text, message].find((s): s is string => typeof s === 'string') ?? String(e)
  return why(typeof code === 'string' ? code : '', said)
}
