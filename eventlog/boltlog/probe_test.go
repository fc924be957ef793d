package boltlog

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"parodywave/eventlog"
)

// TestProbeFailsAsOpenDoesAndReadsLittle: for each file that Open cannot get, Probe
// returns an error of the same kind. Of a file whose values are damaged it sees nothing,
// because it does not read them.
func TestProbeFailsAsOpenDoesAndReadsLittle(t *testing.T) {
	path := newPath(t)
	agrees := func(what string, kind error) {
		t.Helper()
		l, err := Open(path, Options{ReadOnly: true})
		if err == nil {
			l.Close()
		}
		if probed := Probe(path); !errors.Is(err, kind) || !errors.Is(probed, kind) {
			t.Errorf("%s: Open: %v; Probe: %v", what, err, probed)
		}
	}
	agrees("no file", fs.ErrNotExist)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	agrees("an empty file", eventlog.ErrDamaged)
	if err := os.WriteFile(path, make([]byte, 4*pageSize), 0o600); err != nil {
		t.Fatal(err)
	}
	agrees("zeros", eventlog.ErrDamaged)
	os.Remove(path)
	l := open(t, path, Options{})
	if _, err := l.Append(ctx, "s", 0, entryOf(100)); err != nil {
		t.Fatal(err)
	}
	agrees("a file that is being written", ErrLocked)
	l.Close()
	agrees("a sound file", nil)
	for _, v := range values(t, path) {
		flip(t, path, 8*(v.from+int64(v.n)-1))
	}
	if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, eventlog.ErrDamaged) {
		t.Errorf("damaged values: Open: %v", err)
	}
	if err := Probe(path); err != nil {
		t.Errorf("damaged values: Probe: %v", err)
	}
}
