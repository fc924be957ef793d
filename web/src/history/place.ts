// A position as an address: /t/T@AT is a moment, /t/T@AT?since=REV the changes
// from an earlier one to it.

/** Wanted is what an address names: a revision, or a name or time that only the server can resolve. */
export interface Wanted { rev: number | null; at: string; since: number | null }

/** wanted reads the part after the @ (decoded) and the query. An empty one means now. */
export function wanted(at: string, query: string): Wanted {
  const since = number(new URLSearchParams(query).get('since') ?? '')
  const word = at.trim()
  return { rev: number(word), at: word, since }
}

const number = (word: string): number | null => {
  if (!/^\d{1,15}$/.test(word)) return null
  return Number(word)
}

/** address is the path of a moment, with what it is compared with. */
export const address = (thread: string, rev: number, since: number | null): string =>
  `/t/${encodeURIComponent(thread)}@${rev}${since === null ? '' : `?since=${since}`}`

export const now = (thread: string): string => `/t/${encodeURIComponent(thread)}`
