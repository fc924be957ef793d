package main

import (
	"fmt"
	"testing"
	"unicode/utf8"
)

func TestShellLinesAreReadAsBashDoes(t *testing.T) {
	for line, want := range map[string]string{
		`parodywave `:                       `[""] false 0`,
		`parodywave`:                        `[""] false 0`,
		`parodywave bl`:                     `["bl"] false 0`,
		`parodywave cat Weekly\ m`:          `["cat" "Weekly m"] false 0`,
		`parodywave cat "Weekly m`:          `["cat" "Weekly m"] true 0`,
		`parodywave cat 'it'\''s' x`:        `["cat" "it's" "x"] false 0`,
		`parodywave --data=pw cat `:         `["--data=pw" "cat" ""] false 0`,
		`parodywave --data=pw`:              `["--data=pw"] false 7`,
		`parodywave cat 회의:둘@`:              `["cat" "회의:둘@"] false 5`,
		`parodywave cat "회의: 둘`:             `["cat" "회의: 둘"] true 0`,
		`parodywave cat 회의\:둘`:              `["cat" "회의:둘"] false 0`,
		`parodywave put x ''`:               `["put" "x" ""] false 0`,
		`parodywave grep "a\"b" c`:          `["grep" "a\"b" "c"] false 0`,
		"parodywave\tcat  'a b'  \\":        `["cat" "a b" ""] false 0`,
		`parodywave export x --format="nds`: `["export" "x" "--format=nds"] true 9`,
	} {
		l := readShellLine(line)
		if got := fmt.Sprintf("%q %v %d", l.words, l.quoted, l.broken); got != want {
			t.Errorf("%s is %s, want %s", line, got, want)
		}
	}
}

func FuzzShellLine(f *testing.F) {
	f.Add(`parodywave cat "a b\" 'c`, "회의 1")
	f.Fuzz(func(t *testing.T, line, text string) {
		l := readShellLine(line)
		if len(l.words) == 0 {
			t.Fatalf("%q has no words", line)
		}
		_ = l.piece(text)
		// A written word is read back unchanged.
		if back := readShellLine("parodywave " + (&shellLine{}).piece(text)); text != "" && back.words[0] != text && !unreadable(text) {
			t.Fatalf("%q is read back as %q", text, back.words)
		}
	})
}

// unreadable reports whether a text is none that a title or a flag can be.
func unreadable(text string) bool { return !utf8.ValidString(text) || disarmed(text) != text }
