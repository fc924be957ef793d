package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/eventlog/strictjson"
)

// A textUpdate is the frame of all its entries.
type textUpdate []Entry

func (u textUpdate) AppendJSON(dst []byte) []byte {
	return append(dst, NewRun(testThread, u).Frame(u[0].Rev)...)
}

func goldenFrames(t testing.TB) map[string]Frame {
	limits := DefaultLimits()
	author, client, digest := testAuthor(), testClient(), testDigest()
	rows := []LineRow{{0, `say "hi"`, "Ada", true}, {1, "한글 😀 <b>&\u2028\t\\", "Ben", false}}
	const at = 1_760_000_000_123
	return map[string]Frame{
		"status":                &StatusReply{3, 2},
		"list":                  &ListReply{[]ThreadRow{{testThread, "Thread of the day", "Ada", at, at + 5, "Ben", 2, 1, 9, []string{"Ada", "소라"}, []string{"Ada"}, `say "hi"`, ""}}, 1},
		"list, damaged":         &ListReply{[]ThreadRow{{testThread, "", "", 0, at, "", 0, 0, 9, nil, nil, "", "position 7: it is damaged"}}, 1},
		"list, none":            &ListReply{},
		"join":                  &LineJoin{Thread: testThread, Title: "Thread of the day", Data: NewLineData(slices.Values(rows)), Rev: 9, Limits: limits},
		"join, nothing written": &LineJoin{Thread: testThread, Title: "t", Rev: 1, Limits: limits},
		"join, resync": &LineJoin{Thread: testThread, Title: "t", Data: NewLineData(slices.Values(rows[:1])), Rev: 9, Limits: limits,
			Current: of(0), Received: of(uint64(17))},
		"join, resync, no current line": &LineJoin{Thread: testThread, Title: "t", Rev: 9, Limits: limits, Received: of(uint64(0))},
		"update":                        &LineUpdate{testThread, 1, "hello", "Ben", 10, false, false, false},
		"update, mine":                  &LineUpdate{testThread, 1, "hello", "Ben", 11, true, true, false},
		"join, text": &TextJoin{Thread: testThread, Title: "t", Rev: 9, Chain: digest, Text: "a\nb", Limits: limits,
			Blame: Blame{
				Authors: []BlameAuthor{{author, "Ada", "person"}},
				Runs:    []BlameRun{{Revision: 4, Length: 2}, {Revision: 9, Length: 1}},
				Lines:   []BlameLine{{4, 0, at, true}, {9, 0, at + 5, false}},
			}},
		"join, reset":         &TextJoin{Thread: testThread, Title: "t", Rev: 1, Chain: digest, Limits: limits, ReadOnly: true, Reset: true},
		"join, ahead":         &TextJoin{Thread: testThread, Title: "t", Rev: 1, Chain: digest, Limits: limits, Ahead: 259_200_000},
		"join, resume":        &ResumeJoin{testThread, "t", 7, 9, limits, false, 0},
		"join, resume, ahead": &ResumeJoin{testThread, "t", 7, 9, limits, false, 60_000},
		"update, text": textUpdate{
			{Rev: 8, User: "Ada", Author: author, At: at, Client: client, Seq: 4, Changes: testChange(t, `[5,[0,"hi"],5]`)},
			{Rev: 9, User: "Ada", Author: author, At: at, Kind: "renamed", Length: 12, Title: "A better title"},
			{Rev: 10, User: "Ada", Author: author, At: at, Kind: "submitted", Length: 12, Lines: &[2]int{0, 2}},
			{Rev: 11, User: "Ada", Author: author, At: at, Kind: KindRedacted, Changes: testChange(t, `[5,[2,"██"],5]`)},
			{Rev: 12, User: "Ada", Author: author, At: at, Kind: "version", Length: 12, Name: "초안 1", Of: 9, Chain: digest},
		},
		"update, origins": textUpdate{
			{Rev: 14, User: "Ada", Author: author, At: at, Client: client, Seq: 6, Changes: testChange(t, `[4,[0,"bread!",""],6]`), Chain: digest,
				Rows: []Splice{{0, 1, []RowRun{{Row{4, author, at - 9, true}, 1}, {Row{9, author, at - 5, false}, 1}}}}, Origins: []Origin{{5, 9, author}, {1, 14, author}, {1, 9, author}}},
		},
		"update, rows": textUpdate{
			{Rev: 13, User: "Ada", Author: author, At: at, Client: client, Seq: 5, Changes: testChange(t, `[4,[0,"","",""],6]`), Chain: digest,
				Rows: []Splice{{0, 1, []RowRun{{Row{4, author, at - 9, true}, 1}, {Row{13, author, at, false}, 2}}}, {4, 2, []RowRun{{Row{9, author, at - 5, false}, 1}}}}},
		},
		"cursor":       &CursorOut{testThread, client, "Ada", author, 12, [][2]int{{0, 0}, {7, 3}}},
		"cursor, gone": &CursorOut{testThread, client, "Ada", author, 12, nil},
		"beacon":       &Beacon{testThread, 1000, 12, digest, digest},
		"people":       &People{testThread, []Person{{"Ada", author, true}, {"Ada", author, false}}, 2},
		"activity":     &ActivityReply{At: at, Connections: 3, Threads: 2, Edits: 21, Deliveries: 84, Pushes: 20},
		"activity, detail": &ActivityReply{At: at, Connections: 3, Threads: 2, Detail: &ActivityDetail{
			Ack{812, 3_100, 207}, []BusyThread{{testThread, "Thread of the day", 190, 2}}, []BusyPerson{{"Ada", 150}, {"Ben", 40}},
		}},
		"activity, nothing": &ActivityReply{At: at, Detail: &ActivityDetail{}},
		"error":             &Error{Code: BadJSON, Text: "frame is not JSON"},
		"error, stale":      &Error{Code: Stale, Text: "pull first", Re: "update", Head: 12},
	}
}

func TestFramesAreGolden(t *testing.T) {
	want := golden(t, "server.json")
	frames := goldenFrames(t)
	for name, frame := range frames {
		got := frame.AppendJSON([]byte("kept"))
		if got, ok := bytes.CutPrefix(got, []byte("kept")); !ok || !bytes.Equal(got, want[name]) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want[name])
		}
	}
	if len(frames) != len(want) {
		t.Errorf("testdata/server.json has %d messages, the table %d", len(want), len(frames))
	}
}

func TestStringsComeBackAsTheyWere(t *testing.T) {
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	alphabet := []rune("ab\"\\/\n\r\t\b\f\x00\x01\x1f\x7f<>&é한😀\u2028\u2029\ufffd\ufeff\U0010ffff")
	for range 20_000 {
		var s strings.Builder
		for range random.IntN(12) {
			s.WriteRune(alphabet[random.IntN(len(alphabet))])
		}
		literal := appendString(nil, s.String())
		var std string
		if err := json.Unmarshal(literal, &std); err != nil || std != s.String() {
			t.Fatalf("seed %d: %q is written as %s, which the standard library reads as %q: %v", seed, s.String(), literal, std, err)
		}
		scan := strictjson.New(literal)
		if scan.String() == nil || !scan.End() || strictjson.Unquote(literal, scan.Flaws) != s.String() {
			t.Fatalf("seed %d: %q is written as %s and does not come back", seed, s.String(), literal)
		}
	}
}

func TestInvalidUTF8IsNeverSent(t *testing.T) {
	for _, s := range []string{"\xff", "a\xed\xa0\xbdb", "\xf0\x9f\x98"} {
		if b := appendString(nil, s); !utf8.Valid(b) || !json.Valid(b) || !bytes.Contains(b, []byte("\ufffd")) {
			t.Errorf("%q is written as %q", s, b)
		}
	}
}

func someEntries(t testing.TB, n, size int, chained func(int) bool) []Entry {
	change := testChange(t, fmt.Sprintf(`[[0,%q]]`, strings.Repeat("x", size)))
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{Rev: eventlog.Revision(i + 1), User: "Ada", Client: testClient(), Seq: uint64(i + 1), Changes: change}
		if chained(i) {
			entries[i].Chain[0], entries[i].Chain[1] = 1, byte(i)
		}
	}
	return entries
}

// decoded is as much of an update as the tests below look at.
type decoded struct {
	Rev     int
	Chain   string
	Updates []struct{ Rev int }
}

// checkFrames returns what is wrong with frames as a splitting of entries.
func checkFrames(entries []Entry, frames [][]byte, most int) string {
	next := 1
	for i, frame := range frames {
		var d decoded
		if err := json.Unmarshal(frame, &d); err != nil {
			return fmt.Sprintf("frame %d: %v", i, err)
		}
		for _, u := range d.Updates {
			if u.Rev != next {
				return fmt.Sprintf("frame %d: revision %d where %d is next", i, u.Rev, next)
			}
			next++
		}
		last := entries[next-2]
		if d.Rev != next-1 || d.Chain != last.Chain.String() {
			return fmt.Sprintf("frame %d says revision %d chain %.4s, its last entry is %d %.4s", i, d.Rev, d.Chain, last.Rev, last.Chain.String())
		}
		if len(frame) > most {
			return fmt.Sprintf("frame %d has %d bytes, over %d", i, len(frame), most)
		}
	}
	if next != len(entries)+1 {
		return fmt.Sprintf("the last revision is %d, want %d", next-1, len(entries))
	}
	return ""
}

func TestFramesHoldEveryEntryOnceWithinTheBound(t *testing.T) {
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		n, size, most := 1+random.IntN(40), 1+random.IntN(200), 1500+random.IntN(4000)
		entries := someEntries(t, n, size, func(int) bool { return true })
		frames := UpdateFrames(testThread, entries, most)
		if wrong := checkFrames(entries, frames, most); wrong != "" {
			t.Fatalf("seed %d: %d entries of %d in frames of %d: %s", seed, n, size, most, wrong)
		}
	}
	entries := someEntries(t, 9, 100, func(int) bool { return true })
	frames := UpdateFrames(testThread, entries, 1500)
	if len(frames) < 2 {
		t.Fatalf("9 entries of 100 are %d frames of 1500 bytes: the test splits nothing", len(frames))
	}
	for name, wrong := range map[string][][]byte{
		"a frame lost":    frames[1:],
		"a frame twice":   append([][]byte{frames[0]}, frames...),
		"a frame altered": append([][]byte{bytes.Replace(frames[0], []byte(`"chain":"01`), []byte(`"chain":"02`), 1)}, frames[1:]...),
	} {
		if checkFrames(entries, wrong, 1500) == "" {
			t.Errorf("%s: the check does not see it", name)
		}
	}
}

func TestFramesEndOnlyWhereTheChainIsKnown(t *testing.T) {
	entries := someEntries(t, 20, 400, func(i int) bool { return i%5 == 4 })
	frames := UpdateFrames(testThread, entries, 1500)
	if wrong := checkFrames(entries, frames, 4*1500); wrong != "" {
		t.Error(wrong)
	}
	if len(frames) != 4 {
		t.Errorf("%d frames, want one for each of the 4 known chain values", len(frames))
	}
}

func TestFramesSendALargeEntryWhole(t *testing.T) {
	entries := someEntries(t, 3, 5000, func(int) bool { return true })
	frames := UpdateFrames(testThread, entries, 1500)
	if wrong := checkFrames(entries, frames, 6000); wrong != "" || len(frames) != 3 {
		t.Errorf("%d frames: %s", len(frames), wrong)
	}
	if frames := UpdateFrames(testThread, nil, 1500); len(frames) != 0 {
		t.Errorf("no entries are %d frames", len(frames))
	}
}

func BenchmarkAppendTextUpdate(b *testing.B) {
	entries := []Entry{{Rev: 20932, User: "Ada", Author: testAuthor(), At: 1_760_000_000_123, Client: testClient(), Seq: 412,
		Changes: testChange(b, `[10423,[0,"h"],8120]`), Chain: testDigest()}}
	b.ReportAllocs()
	for b.Loop() {
		NewRun(testThread, entries).Frame(entries[0].Rev)
	}
}

func BenchmarkAppendTextJoin(b *testing.B) {
	join := &TextJoin{Thread: testThread, Text: strings.Repeat("The quick brown fox jumps over the lazy dog\n", 20_000), Limits: DefaultLimits()}
	buf := join.AppendJSON(nil)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = join.AppendJSON(buf[:0])
	}
}

// TestRunGivesWhatUpdatesGive: a frame of the last of some entries is the very
// frame that they alone would be.
func TestRunGivesWhatUpdatesGive(t *testing.T) {
	entries := make([]Entry, 9)
	for i := range entries {
		entries[i] = Entry{Rev: eventlog.Revision(i + 5), User: "Ann", Kind: "renamed", Title: strings.Repeat("x", i*50), Length: i}
	}
	entries[8].Chain[0] = 1
	r := NewRun(testThread, entries)
	if first, last := r.Entries(); first != 5 || last != 13 {
		t.Fatalf("a run from %d to %d", first, last)
	}
	for i := range entries {
		got := r.Frame(entries[i].Rev)
		if want := NewRun(testThread, entries[i:]).Frame(entries[i].Rev); !bytes.Equal(got, want) {
			t.Errorf("from revision %d:\n%s\nwant\n%s", entries[i].Rev, got, want)
		}
	}
}
