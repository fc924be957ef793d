package migrations_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

var (
	ann = eventlog.AuthorID(ulid.MustParseStrict("01J9Z2ANN00000000000000000"))
	ben = eventlog.AuthorID(ulid.MustParseStrict("01J9Z2BEN00000000000000000"))
	ed  = eventlog.ClientID(ulid.MustParseStrict("01J9Z40000000000000000000A"))
)

// A scribe appends payloads to one stream, a second apart.
type scribe struct {
	t    *testing.T
	log  *boltlog.Log
	head eventlog.Head
	seq  uint64
}

func newScribe(t *testing.T, log *boltlog.Log, stream eventlog.Stream) *scribe {
	h, err := log.Head(context.Background(), stream)
	if err != nil {
		t.Fatal(err)
	}
	h.Time = max(h.Time, 1_764_000_000_000)
	return &scribe{t: t, log: log, head: h}
}

func (s *scribe) record(author eventlog.AuthorID, f event.Payload) eventlog.Record {
	r := event.Encode(f)
	s.head.Time += 1000
	r.Time, r.Author = s.head.Time, author
	if _, ok := f.(event.Changed); ok {
		s.seq++
		r.Client, r.Seq = ed, s.seq
		if author == ben {
			r.Client, r.Seq = eventlog.ClientID{}, 0
		}
	}
	return r
}

func (s *scribe) append(records ...eventlog.Record) {
	s.t.Helper()
	h, err := s.log.Append(context.Background(), s.head.Stream, s.head.Revision, records...)
	if err != nil {
		s.t.Fatal(err)
	}
	s.head.Revision = h.Revision
}

func (s *scribe) say(author eventlog.AuthorID, f event.Payload) {
	s.t.Helper()
	s.append(s.record(author, f))
}

// change appends a change in CodeMirror's JSON.
func (s *scribe) change(author eventlog.AuthorID, json string) {
	s.t.Helper()
	c, err := ot.Parse([]byte(json))
	if err != nil {
		s.t.Fatal(err)
	}
	s.say(author, event.Changed{Change: c})
}

// write makes testdata/VERSION as this release writes it.
func write(t *testing.T, version string) {
	dir := filepath.Join("testdata", version)
	if _, err := os.Stat(dir); err == nil {
		t.Fatalf("%s is frozen already", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log.db")
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}})
	if err != nil {
		t.Fatal(err)
	}
	writeAuthors(t, log)
	writeThread(t, log)
	writeRedacted(t, log)
	sealed(t, log)
	writeConnections(t, log)
	sealed(t, log)
	writeMore(t, log)
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := pack(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "expected.json"), []byte(describe(t, unpack(t, path+".gz"))), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sealed puts all there is into a block.
func sealed(t *testing.T, log *boltlog.Log) {
	t.Helper()
	if err := log.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// writeMore leaves something in the tail, and prunes what is in a block already.
func writeMore(t *testing.T, log *boltlog.Log) {
	s := newScribe(t, log, "01J9Z3N8QJ7C0V5R2K4M6T8W9X")
	s.change(ben, `[[0,"tail "],65]`)
	s.say(ann, event.Submitted{From: 0, To: 0})
	c := newScribe(t, log, eventlog.Connections)
	c.say(eventlog.AuthorID{}, event.Started{Place: event.Place{Run: ulid.MustParseStrict("01J9Z50000000000000000000C"), Node: "main"}})
	at, err := log.ChainAt(context.Background(), eventlog.Connections, 6)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Prune(context.Background(), 6, c.record(eventlog.AuthorID{}, event.Pruned{Through: 6, Head: at})); err != nil {
		t.Fatal(err)
	}
}

// pack compresses a file, which is mostly room to grow, and removes it.
func pack(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if _, err := z.Write(raw); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := os.WriteFile(path+".gz", b.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Remove(path)
}

// unpack returns the path of a writable copy of what pack made.
func unpack(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "log.db")
	if err := os.WriteFile(to, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func writeAuthors(t *testing.T, log *boltlog.Log) {
	s := newScribe(t, log, eventlog.Authors)
	s.say(ann, event.Named{Name: "Ann", Kind: event.Person})
	s.say(ben, event.Named{Name: "벤", Kind: event.Cli})
	s.say(eventlog.AuthorID(ulid.MustParseStrict("01J9Z2XXX00000000000000000")), event.Named{Name: "Ann", Kind: event.ImportedKind})
}

func writeThread(t *testing.T, log *boltlog.Log) {
	s := newScribe(t, log, "01J9Z3N8QJ7C0V5R2K4M6T8W9X")
	s.say(ann, event.Opened{Title: "Minutes"})
	s.change(ann, `[]`)                                  // empty: line 0 is born
	s.change(ann, `[[0,"one two","three","four 😀 한글"]]`) // a paste of three lines
	s.change(ben, `[3,[0,"",""],21]`)                    // a split: "one" and " two"
	s.change(ben, `[4,[1],20]`)
	s.change(ann, `[7,[1],16]`)                               // a join: "two" and "three"
	s.change(ben, `[[4],8,[0,"","one"],11]`)                  // a move: "one" behind "twothree"
	s.change(ann, `[1,[0,"W"],3,[1,"T"],2,[1],5,[0,"!"],10]`) // several sections
	s.change(ben, `[2,[0,"벤"],22]`)                           // two authors on one line
	s.say(ann, event.Submitted{From: 1, To: 2})
	s.say(ben, event.Renamed{Title: "회의록"})
	s.say(ben, event.Version{Revision: 5, Name: "draft"})
	batch := []eventlog.Record{}
	for i := range 40 { // a group of many records
		c := ot.Replace(25+i, 25+i, 25+i, []uint16{'a' + uint16(i%26)})
		batch = append(batch, s.record(ann, event.Changed{Change: c}))
	}
	s.append(batch...)
}

// writeRedacted writes an imported thread one of whose records was redacted
// where it came from: salts and commitments are not this log's own.
func writeRedacted(t *testing.T, log *boltlog.Log) {
	s := newScribe(t, log, "01J9Z3N8QJ7C0V5R2K4M6T8W9Z")
	var h chain.Hasher
	records := []eventlog.Record{
		s.record(ann, event.Opened{Title: "Incident"}),
		s.record(ann, event.Changed{Change: ot.Replace(0, 0, 0, units("the password\nis 1234"))}),
		s.record(ben, event.Changed{Change: ot.Replace(20, 12, 12, units("!"))}),
	}
	secret := records[1].Text
	black := strings.Repeat(string(event.Blank), 12) + "\n" + strings.Repeat(string(event.Blank), 7)
	records[1].Text = event.AppendStrings(nil, strings.Split(black, "\n")...)
	fresh := chain.Salt{15: 9}
	var b ot.Builder
	b.Replace(12, units(black[:36]))
	b.Keep(1)
	b.Replace(8, units(black[36:]))
	records = append(records, s.record(ann, event.Redacted{
		Commitments: []event.Commitment{{Revision: 2, Digest: h.Commit(fresh, records[1].Text)}},
		Ranges:      [][2]int{{0, 12}, {13, 21}},
		Change:      b.Change(), Reason: "a password",
	}))
	for i := range records {
		p := &eventlog.Proof{Salt: chain.Salt{0: byte(i + 1)}}
		if i == 1 {
			*p = eventlog.Proof{Salt: fresh, Commitment: h.Commit(p.Salt, secret), Redacted: true}
		}
		records[i].Proof = p
	}
	s.append(records...)
	c, err := log.ChainAt(context.Background(), s.head.Stream, 4)
	if err != nil {
		t.Fatal(err)
	}
	s.say(ben, event.Imported{Revisions: 4, Head: c, Digest: chain.Digest{1, 2, 3}})
	s.change(ann, `[21,[0,"","after"]]`)
}

func writeConnections(t *testing.T, log *boltlog.Log) {
	s := newScribe(t, log, eventlog.Connections)
	place := event.Place{Run: ulid.MustParseStrict("01J9Z50000000000000000000A"), Node: "main"}
	visit := func() {
		s.say(eventlog.AuthorID{}, event.Connected{Place: place})
		s.say(ann, event.Joined{Place: place, Thread: "01J9Z3N8QJ7C0V5R2K4M6T8W9X"})
		s.say(ann, event.Left{Place: place, Thread: "01J9Z3N8QJ7C0V5R2K4M6T8W9X"})
		s.say(ann, event.Disconnected{Place: place})
	}
	s.say(eventlog.AuthorID{}, event.Started{Place: place})
	visit()
	place.Run = ulid.MustParseStrict("01J9Z50000000000000000000B")
	s.say(eventlog.AuthorID{}, event.Started{Place: place})
	visit()
	c, err := log.ChainAt(context.Background(), eventlog.Connections, 5)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Prune(context.Background(), 5, s.record(eventlog.AuthorID{}, event.Pruned{Through: 5, Head: c})); err != nil {
		t.Fatal(err)
	}
}

func units(s string) []uint16 {
	u, err := ot.Units(s)
	if err != nil {
		panic(err)
	}
	return u
}
