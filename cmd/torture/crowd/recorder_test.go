package crowd

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/ot"
)

// TestConsoleTellsAll: a journal that hears a console knows what a journal beside the
// clients would know.
func TestConsoleTellsAll(t *testing.T) {
	const thread, id = "01JZ0000000000000000000001", "01JZ0000000000000000000002"
	near, far := NewJournal(), NewJournal()
	var out strings.Builder
	for _, r := range []Recorder{near, NewConsole(&out)} {
		r.Opened(thread)
		r.Saw(thread, client.Update{Rev: 2, Author: id, Client: id, Seq: 1, Own: true, Change: ot.Replace(0, 0, 0, []uint16{'a', '\n', 0xd55c})})
		r.Saw(thread, client.Update{Rev: 3, Author: id, Kind: "submitted"})
		r.Read(thread, 4, LineSight{User: "Ann", Line: 1, Value: "x\ty", Mine: true, Exact: true})
		r.Broken(errors.New("gone"))
	}
	for line := range strings.Lines(out.String()) {
		if !far.Hear(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not heard: %s", line)
		}
	}
	if !reflect.DeepEqual(near, far) {
		t.Errorf("the far journal has\n%+v, and the near one\n%+v", far, near)
	}
	if far.Hear("J {") || far.Hear("EXT4-fs (ubda): mounted") || far.Lost() != 1 {
		t.Error("other lines of a console are heard")
	}
}
