// Names and titles of other people, as the pages show them. Invisible characters, and
// letters that look like others, are written out as the commands' tables do: \u200b. The
// rules are those of visible, unseen and alike in cmd/parodywave, and one list of
// examples (test/testdata/visible.json) holds both.

/** Characters that control a line or the reading order of the text around them. */
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufff9-\ufffb]/u

/** Invisible by themselves; the signs before Arabic digits are visible. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Variation_Selector}]/u
const SIGNS = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u
const unseen = (c: string): boolean => UNSEEN.test(c) && !SIGNS.test(c)

const PICTURE = /[\p{So}↔↕]/u
const PICTURED = /[\p{So}↔↕\ufe0f\u{1f3fb}-\u{1f3ff}]/u
const WORDLY = /[\p{L}\p{M}]/u
const wordly = (c: string): boolean => WORDLY.test(c) && !unseen(c)
/** Scripts whose spelling determines whether letters join. */
const JOINING = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Tibetan}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Javanese}\p{Script=Balinese}]/u
/** Scripts without spaces between words. */
const SPACELESS = /[\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Thai}\p{Script=Lao}\p{Script=Tai_Tham}\p{Script=New_Tai_Lue}]/u
const MONGOLIAN = /\p{Script=Mongolian}/u
const HAN = /\p{Script=Han}/u
const SHAPED = /[\p{L}\p{N}\p{S}\p{P}]/u

/** needed: c, which is unseen, is part of how its neighbours look. */
function needed(before: string, c: string, after: string): boolean {
  if (c === '\u200d' && PICTURE.test(after)) return PICTURED.test(before)
  if (c === '\u200d' || c === '\u200c') return wordly(before) && JOINING.test(before)
  if (c === '\u200b') return wordly(before) && wordly(after) && SPACELESS.test(before) && SPACELESS.test(after)
  if (c === '\u180e') return MONGOLIAN.test(before) && MONGOLIAN.test(after)
  if (c >= '\u{e0100}' && c <= '\u{e01ef}') return HAN.test(before)
  return /\p{Variation_Selector}/u.test(c) && SHAPED.test(before) && !unseen(before)
}

const LATIN_LIKE = new Set('АВЕЅІЈКМНОРСТУХҮԌԚԜаԁегһіјкорсԛѕтѵхуүԝ' + 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧακνορτυχιγωϲϳ' + 'ՍՕօոսցհզ')
const PLAIN = /^[A-Za-z]$/
/** alike: c can be taken for an ASCII letter that it is not. Superscripts of Latin 1 stay: Mª is Spanish. */
const alike = (c: string): boolean => c > '\xff' && (LATIN_LIKE.has(c) || /\p{L}/u.test(c) && PLAIN.test(c.normalize('NFKC')))
const latin = (c: string): boolean => /\p{Script=Latin}/u.test(c) && !alike(c)

function escaped(c: string): string {
  const n = c.codePointAt(0) ?? 0
  const hex = n.toString(16)
  return n < 0x100 ? `\\x${hex.padStart(2, '0')}` : n < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

const CLEAR = /^[\x20-\x7e]*$/
const TITLE = 200 // characters, as the server accepts
const NAME = 64

function visible(s: string): string {
  const all = [...s]
  return all.map((c, i) => {
    const hides = HIDDEN.test(c) || unseen(c) && !needed(all[i - 1] ?? '', c, all[i + 1] ?? '')
    return hides ? escaped(c) : c
  }).join('')
}

const unmixed = (word: string): string => {
  const all = [...word]
  return all.some(latin) ? all.map((c) => (alike(c) ? escaped(c) : c)).join('') : word
}

/** cut keeps the first `most` characters: a log of an earlier release may have longer ones. */
function cut(s: string, most: number): string {
  if (s.length <= most) return s
  const all = [...s.slice(0, 2 * most + 2)]
  return all.length > most ? `${all.slice(0, most).join('')}…` : s
}

/** shownTitle is a title as a page shows it. */
export function shownTitle(title: string): string {
  const s = cut(title, TITLE)
  return CLEAR.test(s) ? s : visible(s)
}

/**
 * shownName is a name as a page shows it. In a word with Latin letters, letters of other
 * alphabets that look Latin are written out, too.
 */
export function shownName(name: string): string {
  const s = cut(name, NAME)
  return CLEAR.test(s) ? s : visible(s.replace(/[\p{L}\p{M}\p{N}]+/gu, unmixed))
}

/** shownAuthors has the names of authors as pages show them. */
export const shownAuthors = <A extends { name: string }>(authors: readonly A[]): A[] =>
  authors.map((a) => ({ ...a, name: shownName(a.name) }))
