package projection

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf16"
)

// classes sorts characters by what an expression makes of them: those that are
// in the same of its sets are of one class.
type classes struct {
	ascii [128]uint16
	from  []rune   // ascending, beginning with 0
	class []uint16 // of from[i] up to from[i+1]
	one   []rune   // a character of each class
	end   uint16   // the class of the end of the line
	count int      // with that
}

// classesOf returns the classes of a program; where words matter their
// characters are none of a class with others.
func classesOf(prog *syntax.Prog, words bool) classes {
	sets := setsOf(prog)
	var c classes
	c.from = append(c.from, 0)
	for _, in := range sets {
		c.from = appendBorders(c.from, in)
	}
	if words {
		c.from = append(c.from, '0', '9'+1, 'A', 'Z'+1, '_', '_'+1, 'a', 'z'+1)
	}
	slices.Sort(c.from)
	c.from = slices.Compact(c.from)
	known := map[string]uint16{}
	c.class = make([]uint16, len(c.from))
	var key []byte
	for i, r := range c.from {
		key = key[:0]
		if words && syntax.IsWordChar(r) {
			key = append(key, 'w')
		}
		for k, in := range sets {
			if matches(in, r) {
				key = binary.AppendUvarint(key, uint64(k)<<8|'s')
			}
		}
		n, ok := known[string(key)]
		if !ok {
			n = uint16(len(known))
			known[string(key)] = n
			c.one = append(c.one, r)
		}
		c.class[i] = n
	}
	for r := range c.ascii {
		c.ascii[r] = c.of(rune(r))
	}
	c.end = uint16(len(known))
	c.count = len(known) + 1
	return c
}

// setsOf returns the instructions of a program that take a character, one of
// each kind.
func setsOf(prog *syntax.Prog) (sets []*syntax.Inst) {
	known := map[string]bool{}
	for i := range prog.Inst {
		in := &prog.Inst[i]
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1:
			key := string(in.Rune)
			if len(in.Rune) == 1 && syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
				key += " fold"
			}
			if !known[key] {
				known[key] = true
				sets = append(sets, in)
			}
		}
	}
	return sets
}

// appendBorders appends where characters that in takes begin and end.
func appendBorders(dst []rune, in *syntax.Inst) []rune {
	if len(in.Rune) > 1 {
		for i := 0; i < len(in.Rune); i += 2 {
			dst = append(dst, in.Rune[i], in.Rune[i+1]+1)
		}
		return dst
	}
	for _, r := range in.Rune {
		dst = append(dst, r, r+1)
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				dst = append(dst, f, f+1)
			}
		}
	}
	return dst
}

// matches reports whether an instruction takes a character; none is a break.
func matches(in *syntax.Inst, r rune) bool {
	switch in.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	return in.MatchRune(r)
}

// has reports whether an instruction takes the characters of a class.
func (c *classes) has(in *syntax.Inst, class uint16) bool {
	return class != c.end && matches(in, c.one[class])
}

func (c *classes) of(r rune) uint16 {
	i, exact := slices.BinarySearch(c.from, r)
	if !exact {
		i--
	}
	return c.class[i]
}

// at returns the class of the character that units begin with, and how many of
// them it has.
func (c *classes) at(units []uint16) (class uint16, n int) {
	r := rune(units[0])
	if !utf16.IsSurrogate(r) {
		return c.of(r), 1
	}
	if len(units) > 1 {
		if r = utf16.DecodeRune(r, rune(units[1])); r != unicode.ReplacementChar {
			return c.of(r), 2
		}
	}
	return c.of(unicode.ReplacementChar), 1
}

// around returns what holds between what stands before a position and a
// character of a class, and what then stands before the next.
func (c *classes) around(before side, class uint16) (flags syntax.EmptyOp, behind side) {
	r1, r2 := ' ', rune(-1)
	switch before {
	case atStart:
		r1 = -1
	case afterWord:
		r1 = 'a'
	}
	if class != c.end {
		if r2 = c.one[class]; syntax.IsWordChar(r2) {
			behind = afterWord
		}
	}
	return syntax.EmptyOpContext(r1, r2), behind
}
