// Why something was refused, in plain words.

import { why } from '../base/phrases'

/** faultOf puts what a promise of the session's, or of base/api, was rejected with into words. */
export function faultOf(e: unknown): string {
  const { code, text, message } = (e ?? {}) as { code?: unknown; text?: unknown; message?: unknown }
  const said = [text, message].find((s): s is string => typeof s === 'string') ?? String(e)
  return why(typeof code === 'string' ? code : '', said)
}
