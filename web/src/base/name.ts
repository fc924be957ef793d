// The nickname: remembered in this browser, and checked as the server checks it.

const KEY = 'parodywave.name'
const LONGEST = 64 // characters, the server's default

/** remembered is the name of last time, or '' if there is none that the server accepts. */
export function remembered(): string {
  try {
    const kept = cleaned(localStorage.getItem(KEY) ?? '')
    return 'name' in kept ? kept.name : ''
  } catch { return '' } // storage may be forbidden
}

export function remember(name: string): void {
  try { localStorage.setItem(KEY, name) } catch { /* asked again next time, then */ }
}

export type NameFault = 'empty' | 'long' | 'control'

/**
 * cleaned returns a typed name as the server stores it (NFC, no space at the ends),
 * or why the server would refuse it. The server decides; this saves a round trip.
 */
export function cleaned(typed: string): { name: string } | { fault: NameFault } {
  // Control characters, and characters that reverse the reading order of what follows.
  if (/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(typed)) return { fault: 'control' }
  const name = typed.normalize('NFC').trim()
  if ([...name].length > LONGEST) return { fault: 'long' }
  if (!/[^\p{Z}\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}\u2800]/u.test(name)) return { fault: 'empty' }
  return { name }
}
