package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parodywave/cmd/parodywave/etherpad"
	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// pads returns the directory of exports that Etherpad itself made, which lies
// beside the directory of traces.
func pads(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(traces(t)), "etherpad")
	if _, err := os.Stat(filepath.Join(dir, "paper.etherpad")); err != nil {
		t.Skipf("the exports of Etherpad are not there: %v", err)
	}
	return dir
}

func readPad(t testing.TB, path string) *etherpad.Pad {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := etherpad.Read(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPadsComeWithWhoWroteWhat imports what Etherpad exported, and holds what
// the log then says of every character, revision and time against the pad.
func TestPadsComeWithWhoWroteWhat(t *testing.T) {
	dir := pads(t)
	for _, name := range []string{"minutes", "paper"} {
		file, data := filepath.Join(dir, name+".etherpad"), t.TempDir()
		id, err := importFile(t, file, data)
		if err != nil {
			t.Fatal(err)
		}
		log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		stream := eventlog.Stream(strings.TrimSpace(id))
		th, err := projection.Replay(t.Context(), projection.Plain(log), stream, 0)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil || th.Text() != string(text) || th.Title != name {
			t.Errorf("%s: %q reads %q, want %q: %v", name, th.Title, th.Text(), text, err)
		}
		p := readPad(t, file)
		m := whoIsWho(t, p, log, stream)
		agree, told := m.agreement(th)
		t.Logf("%s: the log and the pad's colours name the same author for %d of %d UTF-16 units", name, agree, told)
		if agree != told || told < len(text)/2 {
			t.Errorf("%s: %d of %d", name, agree, told)
		}
		// The control: with authors exchanged nothing agrees.
		first := p.Writers()[0].Author
		for who := range m.ids {
			if who != first && who != "" {
				m.ids[who], m.ids[first] = m.ids[first], m.ids[who]
				break
			}
		}
		if wrong, _ := m.agreement(th); wrong > told/2 {
			t.Errorf("%s: with other authors %d of %d agree", name, wrong, told)
		}
	}
}

// whoIsWho matches the authors of a pad with those of its thread, by the names
// that people see, and its revisions with the records.
func whoIsWho(t *testing.T, p *etherpad.Pad, log eventlog.AuditLog, stream eventlog.Stream) *padImport {
	t.Helper()
	authors := projection.NewAuthors()
	for r, err := range log.Read(t.Context(), eventlog.Authors, 0) {
		if err != nil {
			t.Fatal(err)
		}
		e, err := event.Decode(r)
		if err == nil {
			err = authors.Apply(e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	m := &padImport{pad: p, ids: map[string]eventlog.AuthorID{}}
	i := 0
	for r, err := range log.Read(t.Context(), stream, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if i == len(p.Revisions) {
			if r.Kind != "imported" {
				t.Fatalf("revision %d is %s", r.Revision, r.Kind)
			}
			break
		}
		rev := p.Revisions[i]
		who := authors.Author(r.Author)
		if r.Kind != "changed" || r.Time != rev.Time || who.Name != p.Authors[rev.Author] || who.Kind != event.ImportedKind {
			t.Fatalf("revision %d of the pad is a %s at %d by %+v", i, r.Kind, r.Time, who)
		}
		m.ids[rev.Author] = r.Author
		i++
	}
	return m
}

// TestSavedRevisionsStandAtTheirTimes: a name is given where the pad says, and
// none twice.
func TestSavedRevisionsStandAtTheirTimes(t *testing.T) {
	p := readPad(t, filepath.Join("etherpad", "testdata", "small.etherpad"))
	p.Saved = []etherpad.Saved{
		{Revision: 4, Label: "late", Author: "a.one", Time: 1_800_000_000_000},
		{Revision: 0, Label: "early", Author: "a.one", Time: 1},
		{Revision: 2, Label: "first draft", Author: "a.two", Time: 1_700_000_003_500},
		{Revision: 1, Label: "12", Time: 5},
		{Revision: 1, Label: "early", Time: 6},
		{Revision: 3, Label: "\u202e\x00", Time: 7},
	}
	m := newPadImport(p, "T")
	var got []string
	for i, r := range m.records {
		if i > 0 && r.Time < m.records[i-1].Time {
			t.Errorf("record %d is before the one before", i+1)
		}
		if r.Kind != "version" {
			got = append(got, r.Kind)
			continue
		}
		r.Stream, r.Revision = m.stream, eventlog.Revision(i+1)
		e, err := event.Decode(r)
		if err != nil {
			t.Fatal(err)
		}
		v := e.Payload.(event.Version)
		if v.Revision >= r.Revision {
			t.Errorf("%q at %d names revision %d", v.Name, r.Revision, v.Revision)
		}
		got = append(got, v.Name)
	}
	want := []string{"opened", "changed", "early", "changed", "changed", "changed", "first draft", "changed", "late"}
	if !slices.Equal(got, want) || m.unnamed != 3 {
		t.Errorf("%q and %d unnamed, want %q and 3", got, m.unnamed, want)
	}
}

// TestByteEditsAreTheChange holds the edits of a diff against the change.
func TestByteEditsAreTheChange(t *testing.T) {
	seed := seeds.For(t)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		before := randomText(r)
		after := randomText(r)
		if err := sameEdits(before, after, r); err != nil {
			t.Fatalf("seed %d: %q to %q: %v", seed, before, after, err)
		}
	}
}
