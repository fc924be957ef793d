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

/** LAST is the end of the year 9999. A log of an earlier release may have later times, which name no day. */
const LAST = 253_402_300_799_999

/** isTime reports whether Unix milliseconds name a day. */
export const isTime = (at: number): boolean => at >= 0 && at <= LAST

const noTime = pick('unknown time', '알 수 없는 시각')
const NEAR = 300 // s by which the clocks of two machines may differ

/** ago says how long before now the time was, both in Unix milliseconds. */
export function ago(at: number, now: number): string {
  if (!isTime(at)) return noTime
  const s = (now - at) / 1000
  const far = Math.abs(s)
  if (s < 45 && s > -NEAR) return pick('just now', '방금')
  if (far < 45 * 60) return relative.format(-Math.round(s / 60), 'minute')
  if (far < 22 * 3600) return relative.format(-Math.round(s / 3600), 'hour')
  return relative.format(-Math.round(s / 86400), 'day')
}

/** lasting says a duration in Unix milliseconds in whole minutes, hours or days. */
export function lasting(ms: number): string {
  const [unit, each] = ms < 90 * 60_000 ? ['minute', 60_000] as const : ms < 36 * 3_600_000 ? ['hour', 3_600_000] as const : ['day', 86_400_000] as const
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(ms / each))
}

/** exactly gives the date and time to the second of a time in Unix milliseconds. */
export const exactly = (at: number): string => written(exact, at)

/** written is a time in a format, also where it names no day. */
export const written = (format: Intl.DateTimeFormat, at: number): string => (isTime(at) ? format.format(at) : noTime)

/** machineTime is a time in Unix milliseconds for the attribute datetime. */
export const machineTime = (at: number): string | undefined => (isTime(at) ? new Date(at).toISOString() : undefined)
