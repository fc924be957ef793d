package main

import "unicode"

// unseen reports whether r is one of those that by themselves leave no mark: the
// format characters and all else that Unicode says is ignored where it cannot be
// shown. Not among them are signs that only count as format characters, since
// they stand before digits in Arabic.
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

// needed reports whether r, which is unseen, is there for how its neighbours
// look, so that without it the text would be wrong or in pieces. Such a one
// hides nothing and turns nothing round: the most it does where somebody means
// ill is to make two words look alike that are not the same, which letters of two
// alphabets do as well. What it is must be next to what it is for; a second one
// in a row, or one at the beginning of a word, is written out as all others are.
//
// That leaves out the flags of England, Scotland and Wales, whose sequences of
// tags could as well be a text that nobody sees.
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

// pictures reports whether r may be a part of a picture of several.
func pictures(r rune) bool { return unicode.Is(unicode.So, r) || r == '↔' || r == '↕' }

// wordly reports whether r is what words are made of.
func wordly(r rune) bool { return unicode.In(r, unicode.L, unicode.M) && !unseen(r) }

// joining are the scripts in which it is spelling whether letters join.
var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Tibetan, unicode.Khmer, unicode.Myanmar, unicode.Javanese, unicode.Balinese,
}

// spaceless are the scripts that have no spaces between words.
var spaceless = []*unicode.RangeTable{unicode.Khmer, unicode.Myanmar, unicode.Thai, unicode.Lao, unicode.Tai_Tham, unicode.New_Tai_Lue}
