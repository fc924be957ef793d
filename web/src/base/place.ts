// Which thread, and which moment of it, an address names.

/** A Place is a thread, in capitals as the server writes it, and a moment: a revision, a time or a version's name. */
export interface Place { thread: string; at: string | null }

/** placeOf reads /t/T and /t/T@AT; null if the path names no thread. */
export function placeOf(pathname: string): Place | null {
  let path: string
  try { path = decodeURIComponent(pathname) } catch { return null } // a lone %, or bytes that are not UTF-8
  const [, thread, at] = /^\/t\/([0-9a-z]{26})(?:@([^@]+))?$/isu.exec(path) ?? []
  return thread === undefined ? null : { thread: thread.toUpperCase(), at: at ?? null }
}

/** pathOf is the address of a place, encoded so that decoding it once gives the place. */
export function pathOf(place: Place): string {
  return place.at === null ? `/t/${place.thread}` : `/t/${place.thread}@${encodeURIComponent(place.at)}`
}
