// The reader's language, and numbers and times in it. Each page keeps its own
// words beside it: a table in English and one in Korean that must have the
// same entries, so that a missing one is a type error.

export const language: 'en' | 'ko' = navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en'
document.documentElement.lang = language

/** pick gives the table of the reader's language. */
export const pick = <T>(en: T, ko: T): T => (language === 'ko' ? ko : en)

const numbers = new Intl.NumberFormat(language)
const plurals = new Intl.PluralRules(language)
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })

export const number = (n: number): string => numbers.format(n)

/** counted puts a number into words that may depend on it being one. */
export const counted = (f: (n: string, one: boolean) => string, n: number): string =>
  f(number(n), plurals.select(n) === 'one')

/** ago says how long before now the time was, both in Unix milliseconds. */
export function ago(at: number, now: number): string {
  const s = (now - at) / 1000
  if (s < 45) return pick('just now', '방금')
  if (s < 45 * 60) return relative.format(-Math.round(s / 60), 'minute')
  if (s < 22 * 3600) return relative.format(-Math.round(s / 3600), 'hour')
  return relative.format(-Math.round(s / 86400), 'day')
}

/** exactly gives the date and time to the second of a time in Unix milliseconds. */
export const exactly = (at: number): string => exact.format(at)
