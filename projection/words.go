package projection

import "unicode"

// Words returns what of one line went and what came where another stands now,
// word by word: letters, digits and marks in a row are a word, any other
// character is one, and so is each ideograph. Together, what stayed and went is
// before, what stayed and came is after; what went comes first where both are.
func Words(before, after string) []Part {
	a, b := wordsOf(before), wordsOf(after)
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
	for _, p := range append(common(a, b), [2]int{len(a), len(b)}) {
		add(a[i:p[0]], -1)
		add(b[k:p[1]], 1)
		if p[0] < len(a) {
			add(a[p[0]:p[0]+1], 0)
		}
		i, k = p[0]+1, p[1]+1
	}
	return parts
}

func wordsOf(line string) (words []string) {
	from, in := 0, false
	for i, r := range line {
		if unicode.Is(unicode.M, r) || r == '\u200d' { // belongs to what is before it
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
