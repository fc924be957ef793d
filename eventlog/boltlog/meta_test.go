package boltlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// metaPages returns a log's file before and after its last commit, which appended to
// the stream "s", and the number of the meta page that it wrote.
func metaPages(t *testing.T) (before, after []byte, newer int) {
	t.Helper()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 20)
	appendN(t, l, "t", 5)
	before, _ = os.ReadFile(path)
	appendN(t, l, "s", 1)
	l.Close()
	after, _ = os.ReadFile(path)
	if bytes.Equal(before[:pageSize], after[:pageSize]) {
		newer = 1
	}
	return before, after, newer
}

// writeMeta makes a log's file with another meta page.
func writeMeta(t *testing.T, file []byte, page int, meta []byte) string {
	t.Helper()
	b := bytes.Clone(file)
	copy(b[page*pageSize:], meta)
	path := filepath.Join(t.TempDir(), "log.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A power cut may tear the newer meta page at any byte, in either order; a disk may
// flip any bit in it, or lose it. The last commit is never lost, the file is kept as
// it was, and the operator gets a warning. The twin is what bbolt does: it uses the older
// page, without a word.
func TestDamagedNewerMetaPageIsRestored(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	before, after, newer := metaPages(t)
	old, sound := before[newer*pageSize:][:pageSize], after[newer*pageSize:][:pageSize]
	tried, lost := 0, 0
	for i := range seeds.Rounds(300) {
		var what string
		var meta []byte
		switch at := rng.IntN(64*8) + 16*8; i % 3 { // of the 64 bytes that count
		case 0:
			what, meta = fmt.Sprintf("bit %d flipped", at), bytes.Clone(sound)
			meta[at/8] ^= 1 << (at % 8)
		case 1:
			what, meta = fmt.Sprintf("torn at byte %d", at/8), append(bytes.Clone(sound[:at/8]), old[at/8:]...)
		case 2:
			what, meta = fmt.Sprintf("torn before byte %d", at/8), append(bytes.Clone(old[:at/8]), sound[at/8:]...)
		}
		what = fmt.Sprintf("seed %d: %s", seed, what)
		path := writeMeta(t, after, newer, meta)
		damaged, _ := os.ReadFile(path)
		r, err := Open(path, Options{ReadOnly: true})
		if err == nil {
			h, _ := r.Head(ctx, "s")
			if r.Close(); h.Revision != 21 && !bytes.Equal(meta, old) { // old: not written at all
				t.Fatalf("%s: a reader sees revision %d", what, h.Revision)
			}
			continue // nothing that bbolt looks at
		}
		if !errors.Is(err, eventlog.ErrDamaged) || !strings.Contains(err.Error(), "meta page") {
			t.Fatalf("%s: %v", what, err)
		}
		if v, err := VerifyFile(ctx, path, Options{}, nil); err != nil || v.OK() {
			t.Fatalf("%s: verified: %v", what, err)
		}
		tried++
		if l, err := Open(path, Options{ReadOnly: true, noMarks: true}); err == nil {
			if h, _ := l.Head(ctx, "s"); h.Revision == 20 {
				lost++
			}
			l.Close()
		}
		l := open(t, path, Options{NoSync: true, NoSeal: true})
		if h, _ := l.Head(ctx, "s"); h.Revision != 21 {
			t.Fatalf("%s: the log ends at revision %d", what, h.Revision)
		}
		copies, _ := filepath.Glob(path + ".damaged-*")
		if len(copies) != 1 || len(l.Warnings()) != 1 || !strings.Contains(l.Warnings()[0], copies[0]) {
			t.Fatalf("%s: copies %v, warnings %q", what, copies, l.Warnings())
		}
		if kept, _ := os.ReadFile(copies[0]); !bytes.Equal(kept, damaged) {
			t.Fatalf("%s: the copy is not the file as it was", what)
		}
		appendN(t, l, "s", 30) // and it is a log like any other
		l.Close()
		if err := use(path, Options{}); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if err := CheckStructure(path); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if tried == 0 || lost != tried {
		t.Errorf("seed %d: %d damaged pages were restored; bbolt loses the last commit in %d", seed, tried, lost)
	}
}

// If the pages of the last commit are damaged too, nobody can tell what it was.
func TestLostCommitIsRefused(t *testing.T) {
	t.Parallel()
	before, after, newer := metaPages(t)
	tried := 0
	for page := 2; page < len(after)/pageSize; page++ {
		at := page * pageSize
		if bytes.Equal(after[at:at+pageSize], before[at:at+pageSize]) {
			continue
		}
		b := bytes.Clone(after)
		clear(b[at+pageHeader : at+pageSize])
		path := writeMeta(t, b, newer, make([]byte, pageSize))
		was, _ := os.ReadFile(path)
		l, err := Open(path, Options{NoSync: true})
		if err == nil { // the page of the root bucket is gone: as if the commit had never been written
			if h, _ := l.Head(ctx, "s"); h.Revision != 20 || len(l.Warnings()) == 0 {
				t.Errorf("page %d: opened at revision %d, warnings %q", page, h.Revision, l.Warnings())
			}
			l.Close()
			continue
		}
		if tried++; !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("page %d: %v", page, err)
		}
		if is, _ := os.ReadFile(path); !bytes.Equal(is, was) {
			t.Errorf("page %d: the file was changed", page)
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

// Both the newer meta page and the page of the root bucket that it named are destroyed.
// As long as a group of that commit is in the file, Open refuses the file, VerifyFile says
// why, and a salvage has its records. Without the group nothing can tell; then no text
// says that nothing is missing. The twin is what bbolt does: it opens the commit before,
// without a word.
func TestLostMetaAndRootPagesAreNoOlderPage(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	for range 20 {
		appendN(t, l, "s", 20)
	}
	before, _ := os.ReadFile(path)
	appendN(t, l, "s", 1)
	l.Close()
	after, _ := os.ReadFile(path)
	newer := 0
	if bytes.Equal(before[:pageSize], after[:pageSize]) {
		newer = 1
	}
	root := native.Uint64(after[newer*pageSize+pageHeader+16:])
	clear(after[root*pageSize : (root+1)*pageSize])
	path = writeMeta(t, after, newer, make([]byte, pageSize))
	for _, o := range []Options{{ReadOnly: true}, {NoSync: true}} {
		if _, err := Open(path, o); !errors.Is(err, eventlog.ErrDamaged) || !strings.Contains(err.Error(), "1 records of a later commit") {
			t.Errorf("opened with %+v: %v", o, err)
		}
	}
	if v, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !strings.Contains(fmt.Sprint(v.Problems), "1 records of a later commit") {
		t.Errorf("verify: %v, %v", v.Problems, err)
	}
	twin := open(t, path, Options{ReadOnly: true, noMarks: true})
	if h, _ := twin.Head(ctx, "s"); h.Revision != 400 {
		t.Errorf("the twin sees revision %d", h.Revision)
	}
	twin.Close()
	s, err := OpenSalvage(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	last := eventlog.Revision(0)
	for p, err := range s.Pieces(ctx, "s") {
		if err != nil || p.Damage != nil {
			t.Fatal(p.Damage, err)
		}
		last = p.Records[len(p.Records)-1].Revision
	}
	if last != 401 {
		t.Errorf("a salvage has revisions up to %d", last)
	}

	for id := 2; id < len(after)/pageSize; id++ { // all that the last commit wrote
		at := id * pageSize
		if at+pageSize > len(before) || !bytes.Equal(after[at:at+pageSize], before[at:at+pageSize]) {
			copy(after[at:at+pageSize], make([]byte, pageSize))
		}
	}
	path = writeMeta(t, after, newer, make([]byte, pageSize))
	r := open(t, path, Options{ReadOnly: true})
	defer r.Close()
	if w := fmt.Sprint(r.Warnings()); len(r.Warnings()) != 1 || strings.Contains(w, "nothing is missing") || !strings.Contains(w, "unless the disk") {
		t.Errorf("warnings %s", w)
	}
}

// The older meta page is of no use to anybody until the next commit writes it.
func TestDamagedOlderMetaPageIsNamedAndHarmless(t *testing.T) {
	t.Parallel()
	_, after, newer := metaPages(t)
	path := writeMeta(t, after, 1-newer, make([]byte, pageSize))
	r := open(t, path, Options{ReadOnly: true})
	if h, _ := r.Head(ctx, "s"); h.Revision != 21 || len(r.Warnings()) != 1 {
		t.Fatalf("a reader sees revision %d, and warnings %q", h.Revision, r.Warnings())
	}
	r.Close()
	if v, err := VerifyFile(ctx, path, Options{}, nil); err != nil || v.OK() {
		t.Fatal("verified: ", err)
	}
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 1)
	if len(l.Warnings()) != 1 {
		t.Fatalf("warnings %q", l.Warnings())
	}
	l.Close()
	if copies, _ := filepath.Glob(path + ".damaged-*"); len(copies) > 0 {
		t.Error("copied for nothing")
	}
	if err := use(path, Options{}); err != nil {
		t.Fatal(err)
	}
}
