// Light or dark: the system's choice, unless the person made one.

const KEY = 'parodywave.theme'
export type Theme = 'system' | 'light' | 'dark'

export function theme(): Theme {
  try {
    const kept = localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch { return 'system' }
}

/** setTheme changes this page at once, and the other pages when they load. */
export function setTheme(t: Theme): void {
  try {
    if (t === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, t)
  } catch { /* for this page only, then */ }
  apply(t)
}

function apply(t: Theme): void {
  if (t === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = t
}

apply(theme())
