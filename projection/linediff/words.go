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
	add := func(text string, kind int) {
		if text != "" {
			parts = append(parts, Part{text, kind})
		}
	}
	same := append(Common(a, b), [2]int{len(a), len(b)})
	oldAt, newAt := 0, 0 // bytes of before and after that have a part
	for i, k, next := 0, 0, 0; next < len(same); next++ {
		p := same[next]
		gone, come := bytesIn(a[i:p[0]]), bytesIn(b[k:p[1]])
		add(before[oldAt:oldAt+gone], -1)
		add(after[newAt:newAt+come], 1)
		oldAt, newAt = oldAt+gone, newAt+come
		// The words from here on that are the same in a row are one part.
		from := next
		for next+1 < len(same) && same[next+1] == [2]int{same[next][0] + 1, same[next][1] + 1} {
			next++
		}
		i, k = same[next][0]+1, same[next][1]+1
		kept := bytesIn(a[same[from][0]:min(i, len(a))])
		add(before[oldAt:oldAt+kept], 0)
		oldAt, newAt = oldAt+kept, newAt+kept
	}
	return parts
}

func bytesIn(words []string) (n int) {
	for _, w := range words {
		n += len(w)
	}
	return n
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
