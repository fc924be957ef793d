package main

import "unicode"

// unseen reports whether r is invisible by itself: a format character, or another
// character that Unicode calls ignorable. The signs before Arabic digits count as
// format characters in Unicode but are visible.
func unseen(r rune) bool {
	switch {
	case r < 0x300:
		return r == 0xad // soft hyphen
	case r > 0x34f && r < 0x600, r > 0x3164 && r < 0xfe00: // Greek, Cyrillic; Han, Hangul
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

const (
	zeroWidthSpace     = '\u200b'
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// needed reports whether r, which is unseen, is part of how its neighbours look:
// without it the text would be misspelt or an emoji fall apart. Such a character
// hides and reorders nothing. At worst it makes two different words look the same,
// as letters of two alphabets can, too. It must be next to the character that it
// acts on: a second one in a row, or one at the beginning of a word, is escaped.
//
// The flags of England, Scotland and Wales are not covered: their sequences of tag
// characters could also hide a text.
func needed(before, r, after rune) bool {
	switch {
	case r == zeroWidthJoiner && pictures(after): // 👩‍🚀
		return pictures(before) || before == '\ufe0f' || before >= 0x1f3fb && before <= 0x1f3ff
	case r == zeroWidthJoiner || r == zeroWidthNonJoiner: // Hindi, Persian
		return wordly(before) && unicode.In(before, joining...)
	case r == zeroWidthSpace: // where a line may break, in scripts without spaces
		return wordly(before) && wordly(after) && unicode.In(before, spaceless...) && unicode.In(after, spaceless...)
	case r == '\u180e': // before the last vowel of a word
		return unicode.Is(unicode.Mongolian, before) && unicode.Is(unicode.Mongolian, after)
	case r >= 0xe0100: // which form of a Han character
		return unicode.Is(unicode.Han, before)
	case unicode.Is(unicode.Variation_Selector, r):
		return unicode.In(before, unicode.L, unicode.N, unicode.S, unicode.P) && !unseen(before)
	}
	return false
}

// pictures reports whether r can be part of a joined emoji.
func pictures(r rune) bool { return unicode.Is(unicode.So, r) || r == '↔' || r == '↕' }

// wordly reports whether r is part of words.
func wordly(r rune) bool { return unicode.In(r, unicode.L, unicode.M) && !unseen(r) }

// joining are the scripts whose spelling determines whether letters join.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Tibetan, unicode.Khmer, unicode.Myanmar, unicode.Javanese, unicode.Balinese,
}

// spaceless are the scripts without spaces between words.
var spaceless = []*unicode.RangeTable{unicode.Khmer, unicode.Myanmar, unicode.Thai, unicode.Lao, unicode.Tai_Tham, unicode.New_Tai_Lue}
