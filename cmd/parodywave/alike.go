package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// latinLike are Cyrillic, Greek and Armenian letters that look like Latin ones.
const latinLike = "АВЕЅІЈКМНОРСТУХҮԌԚԜаԁегһіјкорсԛѕтѵхуүԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧακνορτυχιγωϲϳ" + "ՍՕօոսցհզ"

// alike reports whether r can be taken for an ASCII letter that it is not. Superscripts of
// Latin 1 stay: Mª is Spanish.
func alike(r rune) bool {
	if r < 0x100 {
		return false
	}
	if strings.ContainsRune(latinLike, r) {
		return true
	}
	plain := norm.NFKC.String(string(r)) // of full width, or mathematical
	return len(plain) == 1 && unicode.IsLetter(r) && unicode.IsLetter(rune(plain[0]))
}

// visibleName is visible for the name of a person or a robot. In a word that has Latin
// letters, it also escapes letters of other alphabets that look Latin: Аda with a
// Cyrillic А is another name than Ada. A word in one alphabet stays.
func visibleName(name string) string {
	if strings.IndexFunc(name, alike) < 0 {
		return visible(name)
	}
	var b strings.Builder
	for rest := name; rest != ""; {
		word := rest
		if end := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) }); end >= 0 {
			_, size := utf8.DecodeRuneInString(rest[end:])
			word = rest[:end+size] // with the character behind it
		}
		rest = rest[len(word):]
		mixed := strings.IndexFunc(word, latin) >= 0
		for _, r := range word {
			if mixed && alike(r) {
				fmt.Fprintf(&b, escapeOf(r), r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return visible(b.String())
}

func inWord(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) && !alike(r) }

// escapeOf returns the format in which r is escaped.
func escapeOf(r rune) string {
	switch {
	case r < 0x100:
		return `\x%02x`
	case r < 0x10000:
		return `\u%04x`
	}
	return `\U%08x`
}
