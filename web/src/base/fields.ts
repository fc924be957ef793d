// Checks of what arrives as JSON, before anything trusts its shape.

export type Fields = Record<string, unknown>

export const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)
export const isText = (v: unknown): v is string => typeof v === 'string'
/** A count: an integer from 0 that JSON carries exactly. */
export const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0

/** text and count read a field that may be missing. */
export const text = (v: unknown): string => (isText(v) ? v : '')
export const count = (v: unknown): number => (isCount(v) ? v : 0)

/** fieldsOf reads a frame; null unless it is one JSON object. */
export function fieldsOf(frame: string): Fields | null {
  try {
    const m: unknown = JSON.parse(frame)
    return isFields(m) ? m : null
  } catch {
    return null
  }
}
