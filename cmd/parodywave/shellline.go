package main

import "strings"

// A shellLine is a command line up to the cursor, as bash reads it.
type shellLine struct {
	words  []string // without the program; the last one, maybe empty, ends at the cursor
	quoted bool     // the last word has an open quote
	// broken is the number of characters of the last word before the piece that bash
	// replaces: it also breaks words at = : and @.
	broken int
}

// readShellLine splits a line at white space outside quotes. It handles quotes and
// backslashes, but no expansions.
func readShellLine(line string) shellLine {
	var l shellLine
	var word strings.Builder
	var quote rune
	in, length := false, 0 // whether a word has begun; its characters
	end := func() {
		if in {
			l.words = append(l.words, word.String())
		}
		word.Reset()
		in, length, l.broken = false, 0, 0
	}
	put := func(r rune) {
		word.WriteRune(r)
		in, length = true, length+1
	}
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
			put(r)
		case r == '\\' && quote != '\'':
			escaped, in = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			put(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case strings.ContainsRune(" \t\n", r):
			end()
		default:
			put(r)
			if strings.ContainsRune("=:@", r) {
				l.broken = length
			}
		}
	}
	l.quoted = quote != 0
	if in {
		l.words = append(l.words, word.String())
	} else {
		l.words = append(l.words, "")
	}
	if l.words = l.words[1:]; len(l.words) == 0 {
		l.words = []string{""}
	}
	return l
}

// piece returns the text with which bash replaces the last piece.
func (l *shellLine) piece(text string) string {
	rest := []rune(text)
	rest = rest[min(l.broken, len(rest)):]
	if l.quoted {
		return string(rest)
	}
	return escaper.ReplaceAllString(string(rest), `\$0`)
}
