package wire

import (
	"slices"

	"parodywave/eventlog"
)

// appendSpans appends the spans of runs, each `[length,revision,author]`, one
// for each revision. A long text has about as many as it had keystrokes, so the
// span of a typed unit is made by counting up its neighbour's.
func appendSpans(dst []byte, runs []BlameRun) []byte {
	start := len(dst)
	var last BlameRun // not appended yet: the next run may be of the same revision
	for _, r := range runs {
		if last.Length > 0 && last.Revision == r.Revision {
			n := r.Length
			if r.Typed {
				n = 1
			}
			last.Length += n
			if r.Length -= n; r.Length == 0 {
				continue
			}
			r.Revision++
		}
		if last.Length > 0 {
			dst = appendSpan(dst, last)
		}
		if last = r; r.Typed {
			dst = appendTyped(dst, r)
			last.Revision += eventlog.Revision(r.Length - 1)
			last.Length = 1
		}
	}
	if last.Length > 0 {
		dst = appendSpan(dst, last)
	}
	if len(dst) > start {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendSpan appends the span of a run of one revision, and a comma.
func appendSpan(dst []byte, r BlameRun) []byte {
	dst = appendTuple(dst, int64(r.Length), int64(r.Revision), int64(r.Author))
	return append(dst, ',')
}

// appendTyped appends the spans of all units of a typed run but the last.
func appendTyped(dst []byte, r BlameRun) []byte {
	if r.Length < 2 {
		return dst
	}
	start, ones := len(dst), len("[1,")+decimals(r.Revision)-1
	dst = appendSpan(dst, BlameRun{Revision: r.Revision, Length: 1, Author: r.Author})
	for range r.Length - 2 {
		last := dst[start:]
		start = len(dst)
		dst = append(dst, last...)
		digit := start + ones
		for ; dst[digit] == '9'; digit-- {
			dst[digit] = '0'
		}
		if dst[digit] != ',' {
			dst[digit]++
			continue
		}
		dst = slices.Insert(dst, digit+1, '1') // 99 and 1 is 100
		ones++
	}
	return dst
}

// decimals returns how many digits r has.
func decimals(r eventlog.Revision) int {
	n := 1
	for r >= 10 {
		r /= 10
		n++
	}
	return n
}

// spansSize returns the most bytes that the spans of runs take, provided that
// no author's number is above 99 and nobody pasted 10,000 units at once.
func spansSize(runs []BlameRun) int {
	n, last := 0, eventlog.Revision(0)
	for _, r := range runs {
		if r.Typed {
			n += r.Length
			last = max(last, r.Revision+eventlog.Revision(r.Length))
		} else {
			n++
			last = max(last, r.Revision)
		}
	}
	return n * (len("[1,,9],") + decimals(last))
}
