package linediff

import "unicode"

// A Part is a run of text in a diff.
type Part struct {
	Text string
	Kind int // 0: kept, 1: inserted, -1: deleted
}

// Words returns the word-level diff of two lines. Kept and deleted parts
// concatenate to before, kept and inserted parts to after; a deletion precedes an
// insertion at the same place. Letters, digits and marks in a row are a word; any
// other character is a word by itself, and so is each ideograph.
func Words(before, after string) []Part {
	a, b := words(before), words(after)
	parts := []Part{}
	add := func(words []string, kind int) {
		for _, w := range words {
			if n := len(parts); n > 0 && parts[n-1].Kind == kind {
				parts[n-1].Text += w
			} else {
				parts = append(parts, Part{w, kind})
			}
		}
	}
	i, k := 0, 0
	for _, p := range append(Common(a, b), [2]int{len(a), len(b)}) {
		add(a[i:p[0]], -1)
		add(b[k:p[1]], 1)
		if p[0] < len(a) {
			add(a[p[0]:p[0]+1], 0)
		}
		i, k = p[0]+1, p[1]+1
	}
	return parts
}

func words(line string) (words []string) {
	from, in := 0, false
	for i, r := range line {
		if unicode.Is(unicode.M, r) || r == '\u200d' { // belongs to the character before it
			continue
		}
		is := (unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_') && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
		if i > 0 && !(in && is) {
			words = append(words, line[from:i])
			from = i
		}
		in = is
	}
	if from < len(line) {
		words = append(words, line[from:])
	}
	return words
}
