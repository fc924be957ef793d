package claims

import (
	"encoding/binary"
	"hash/maphash"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A lineThen is a line as it was before a record.
type lineThen struct {
	id     projection.LineID
	row    row
	length int
	digest uint64 // of the content; 0 if it is not known
	inside bool   // all of it, with both breaks, lies in the deletion
}

// A row is the last change of a line.
type row struct {
	rev       eventlog.Revision
	author    int // number
	at        int64
	submitted bool
}

// digestMax bounds the length of lines whose content is compared.
const digestMax = 1 << 14

func lineOf(t *projection.Thread, i int, edge bool) lineThen {
	r := t.Row(i)
	l := lineThen{id: r.ID, row: rowOf(t, r), length: r.Length, inside: !edge}
	if edge && r.Length <= digestMax {
		l.digest = digest(t.AppendUnits(make([]uint16, 0, r.Length), r.Start, r.Start+r.Length))
	}
	return l
}

func rowOf(t *projection.Thread, r projection.Row) row {
	author, _ := t.AuthorIndex(r.Author)
	return row{r.Revision, author, r.Time, r.Submitted}
}

var digestSeed = maphash.MakeSeed()

// digest returns a digest of units that is not 0.
func digest(units []uint16) uint64 {
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return maphash.Bytes(digestSeed, b) | 1
}
