// The nickname, remembered in this browser.

const KEY = 'parodywave.name'

/** remembered is the name of last time, or nothing. */
export function remembered(): string {
  try { return localStorage.getItem(KEY) ?? '' } catch { return '' } // storage may be forbidden
}

export function remember(name: string): void {
  try { localStorage.setItem(KEY, name) } catch { /* asked again next time, then */ }
}
