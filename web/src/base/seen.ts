// The revision up to which this browser has shown each thread, so that the inbox
// can mark later changes. One entry per thread, because pages write at the same time.

const KEY = 'parodywave.seen.'

/** seen is the revision of `thread` last looked at, or null if it never was. */
export function seen(thread: string): number | null {
  let kept: string | null = null
  try { kept = localStorage.getItem(KEY + thread) } catch { /* then everything is new */ }
  return kept !== null && /^\d+$/.test(kept) ? Number(kept) : null
}

/** look remembers that `thread` was shown up to `rev`; a lower revision changes nothing. */
export function look(thread: string, rev: number): void {
  if (rev <= (seen(thread) ?? -1)) return
  try { localStorage.setItem(KEY + thread, String(rev)) } catch { /* full or forbidden: it stays new */ }
}

/** onLook calls f when another page of this browser has looked at something. */
export function onLook(f: () => void): () => void {
  const hear = (e: StorageEvent): void => { if (e.key === null || e.key.startsWith(KEY)) f() }
  addEventListener('storage', hear)
  return () => removeEventListener('storage', hear)
}
