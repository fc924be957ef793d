// The time of a moment, as short as is clear: a weekday within the last days, else a date.

import { language, written } from '../base/words'

const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', ...(language === 'en' && { hourCycle: 'h23' }) }
const near = new Intl.DateTimeFormat(language, { weekday: 'short', ...time })
const far = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', ...time })
const old = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', ...time })

/** when formats at (Unix ms) as seen from now. */
export function when(at: number, now: number): string {
  const days = (now - at) / 86_400_000
  if (days < 6 && days > -1) return written(near, at)
  return written(new Date(at).getFullYear() === new Date(now).getFullYear() ? far : old, at)
}
