package pack

import (
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"parodywave/eventlog"
)

// A few bytes must not make a reader fill its memory, whatever they say is in
// them.
func TestBlockThatClaimsTooMuchIsRefusedUnread(t *testing.T) {
	var w columnWriter
	if err := w.reset(); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 4<<20)
	frame := w.strong.EncodeAll(zeros, nil)
	head := []byte{blockFormat, 1, 1, 0, 0, 1, 1} // one record at position 1, of one stream
	column := func(dst []byte, size uint64) []byte {
		dst = binary.AppendUvarint(dst, size)
		dst = binary.AppendUvarint(dst, uint64(len(frame)))
		return append(dst, frame...)
	}
	many := append(column(column(head, 4<<20), 4<<20), make([]byte, 32)...)
	for range 40 {
		many = column(many, 4<<20)
	}
	for name, body := range map[string][]byte{
		"a column larger than allowed":         column(head, maxRaw+1),
		"a column larger than it says":         column(head, 10),
		"columns larger together than allowed": many,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := new(BlockDecoder).Open(reseal(append(body[:len(body):len(body)], make([]byte, 64)...)))
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, eventlog.ErrDamaged) || n > 1<<20 {
			t.Errorf("%s: %d bytes allocated, %v", name, n, err)
		}
	}
}
