package main

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestUnseenIsWhatTheTablesSay: the ranges that are passed over in a hurry have
// none in them.
func TestUnseenIsWhatTheTablesSay(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
			!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
		if unseen(r) != want {
			t.Errorf("%U is unseen: %v, want %v", r, unseen(r), want)
		}
	}
}

// TestVisibleHidesNothing: what is not seen is written out, wherever it stands,
// but where it is spelling.
func TestVisibleHidesNothing(t *testing.T) {
	for s, want := range map[string]string{
		"pay\u200bpal":                 `pay\u200bpal`,
		"a\u200e\u200fb\u061c":         `a\u200e\u200fb\u061c`,
		"\u202edrow\u202c":             `\u202edrow\u202c`,
		"\u2066a\u2069":                `\u2066a\u2069`,
		"soft\u00adhyphen\u2060\u180e": `soft\xadhyphen\u2060\u180e`,
		"a\u200db\u200cc":              `a\u200db\u200cc`,
		"\u200d\u200c":                 `\u200d\u200c`,
		"line\rother":                  `line\x0dother`,
		"\u3164\u115f\u1160\uffa0":     `\u3164\u115f\u1160\uffa0`,
		"a\ufe0f\ufe0f\U000e0100":      "a\ufe0f" + `\ufe0f\U000e0100`,
		"x\U000e0068\U000e0069":        `x\U000e0068\U000e0069`,
		"a\u034fb\u2064\U0001d173":     `a\u034fb\u2064\U0001d173`,

		// Spelling: a family, an astronaut, a flag, a keycap; Persian, Hindi, Khmer,
		// Mongolian, a form of a Han character; a number sign in Arabic.
		"👩‍👩‍👧 👩🏽‍🚀 🏳️‍🌈 1️⃣ ❤️‍🔥 🧔‍♂️": "",
		"می\u200cخواهم":       "",
		"क्\u200dष न्\u200cन": "",
		"ខ្ញុំ\u200bទៅ":       "",
		"ᠰᠠᠶ᠋ᠢᠨ":              "",
		"ᠬᠠᠭ\u180eᠠ":          "",
		"葛\U000e0100":         "",
		"\u0600١٢":            "",
		"소라 ᄒ\u1161\u11ab é e\u0301 中文 \u3000\u00a0": "",

		// But one for each is enough, and not at the beginning.
		"می\u200c\u200cخ": "می\u200c" + `\u200c` + "خ",
		"👩‍\u200d🚀":       "👩" + `\u200d\u200d` + "🚀",
		"\u200cمی":        `\u200c` + "می",
		"ខ\u200b a":       "ខ" + `\u200b a`,
	} {
		if want == "" {
			want = s
		}
		if got := visible(s); got != want {
			t.Errorf("%+q is %+q, want %+q", s, got, want)
		}
		if hides(s, false) != (want != s) {
			t.Errorf("hides(%+q) is %v", s, want == s)
		}
	}
}

// TestDisarmedLeavesWhatOnlyIsNotSeen: for programs, what does nothing stays.
func TestDisarmedLeavesWhatOnlyIsNotSeen(t *testing.T) {
	const s = "a\u200b\u00ad\u200c\u3164\U000e0068"
	if got := disarmed(s + "\x1b\t\u202e"); got != s+`\x1b\x09\u202e` {
		t.Errorf("%+q", got)
	}
	if got := disarmedLine(s + "\t\u200e"); got != s+"\t"+`\u200e` {
		t.Errorf("%+q", got)
	}
}

// TestVisibleMayBeReadTwice: what is written out has nothing more to write out.
func TestVisibleMayBeReadTwice(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		once := visible("ن" + string(r) + "🚀")
		if twice := visible(once); twice != once {
			t.Fatalf("%U is %+q and then %+q", r, once, twice)
		}
	}
}
