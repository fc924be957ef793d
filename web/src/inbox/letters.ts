// Text as the search compares it. Case, accents and width do not count. A Korean
// syllable is taken apart into the keys that type it, so that a word is found
// while its last syllable is still being composed (간 on the way to 가나), and its
// first consonants alone find it too (ㅎㅇ finds 회의). The order of letters within
// a syllable is Unicode's, chapter 3.12: (lead × 21 + vowel) × 28 + tail.

const FIRST = 0xac00
const LEADS = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ']
const VOWELS = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ']
const TAILS = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ']
/** Vowels and consonants that are typed with two keys. */
const PAIRS: Record<string, string> = {
  ㅘ: 'ㅗㅏ', ㅙ: 'ㅗㅐ', ㅚ: 'ㅗㅣ', ㅝ: 'ㅜㅓ', ㅞ: 'ㅜㅔ', ㅟ: 'ㅜㅣ', ㅢ: 'ㅡㅣ',
  ㄳ: 'ㄱㅅ', ㄵ: 'ㄴㅈ', ㄶ: 'ㄴㅎ', ㄺ: 'ㄹㄱ', ㄻ: 'ㄹㅁ', ㄼ: 'ㄹㅂ', ㄽ: 'ㄹㅅ', ㄾ: 'ㄹㅌ', ㄿ: 'ㄹㅍ', ㅀ: 'ㄹㅎ', ㅄ: 'ㅂㅅ',
}

/** The parts of a syllable block, or null for any other character. */
function syllable(c: string): [string, string, string] | null {
  const n = (c.codePointAt(0) ?? 0) - FIRST
  if (n < 0 || n >= 19 * 21 * 28) return null
  return [LEADS[Math.floor(n / 588)] ?? '', VOWELS[Math.floor(n / 28) % 21] ?? '', TAILS[n % 28] ?? '']
}

/** plain takes case, accents and width away; syllables stay whole. */
function plain(text: string): string {
  let out = ''
  for (const c of text) {
    // Compatibility jamo would become the conjoining ones, which nobody types.
    out += /[\u3131-\u3163]/.test(c) ? c : c.normalize('NFKD').replace(/\p{M}+/gu, '').toLowerCase().normalize('NFC')
  }
  return out
}

/** keys is text as the keys that type it. */
export function keys(text: string): string {
  return [...plain(text.normalize('NFC'))].map((c) => {
    const parts = syllable(c) ?? [c]
    return parts.map((p) => PAIRS[p] ?? p).join('')
  }).join('')
}

/** leads is text with the first consonant in place of each syllable. */
export const leads = (text: string): string =>
  [...plain(text.normalize('NFC'))].map((c) => syllable(c)?.[0] ?? c).join('')

/** onlyLeads reports whether the text can be found by leads: consonants only, at least two. */
export const onlyLeads = (text: string): boolean => /^[ㄱ-ㅎ]{2,}$/.test(text)
