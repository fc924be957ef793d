package ndjson

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

func TestExportReadBackIsTheSameChain(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(200) {
		redacted := eventlog.Revision(i % 3)
		records := sample(seed+i, int(i%40)+2, redacted)
		log := logOf(t, records)
		file := export(t, log)
		doc, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("seed %d, sample %d: %v\n%s", seed, i, err, file)
		}
		head, _ := log.Head(ctx, thread)
		if doc.Head != head || doc.Stream != thread || doc.Digest != chain.Digest(sha256.Sum256(file)) {
			t.Fatalf("seed %d, sample %d: head %v, want %v", seed, i, doc.Head, head)
		}
		other := eventlog.NewMemory()
		got, err := other.Append(ctx, doc.Stream, 0, doc.Records...)
		if err != nil || got != head {
			t.Fatalf("seed %d, sample %d: appended head %v, %v, want %v", seed, i, got, err, head)
		}
		if again := export(t, other); !bytes.Equal(again, file) {
			t.Fatalf("seed %d, sample %d: exported again:\n%s\nwant\n%s", seed, i, again, file)
		}
	}
}

// TestEveryFlippedByteIsRefusedOrMeansTheSame flips each byte of a small export
// in several ways. Names are not under the chain; whatever else is read must be
// what was written.
func TestEveryFlippedByteIsRefusedOrMeansTheSame(t *testing.T) {
	file := export(t, logOf(t, sample(7, 6, 3)))
	want, err := Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	refused, same, renamed := 0, 0, 0
	for i := range file {
		for _, mask := range []byte{1, 4, 32, 128} {
			flipped := bytes.Clone(file)
			flipped[i] ^= mask
			got, err := Read(bytes.NewReader(flipped))
			switch {
			case errors.Is(err, ErrRefused):
				refused++
			case err != nil:
				t.Fatalf("byte %d ^ %#x: %v", i, mask, err)
			case !reflect.DeepEqual(got.Records, want.Records) || got.Head != want.Head:
				t.Fatalf("byte %d ^ %#x changed the records unnoticed:\n%s", i, mask, flipped)
			case got.Digest == want.Digest:
				t.Fatalf("byte %d ^ %#x: the file's digest did not change", i, mask)
			case !reflect.DeepEqual(got.Authors, want.Authors):
				renamed++
			default:
				same++
			}
		}
	}
	if refused == 0 || renamed == 0 {
		t.Fatalf("refused %d, renamed %d, same %d: the test shows nothing", refused, renamed, same)
	}
	t.Logf("%d bytes: refused %d, other name %d, same %d", len(file), refused, renamed, same)
}

// TestWithoutTheChainFlipsWouldPass is the negative control of the test above:
// a reader that believes "chain" lets changed texts through.
func TestWithoutTheChainFlipsWouldPass(t *testing.T) {
	file := export(t, logOf(t, sample(7, 6, 3)))
	passed := 0
	for i := range file {
		flipped := bytes.Clone(file)
		flipped[i] ^= 1
		believed := true
		for _, line := range bytes.SplitAfter(flipped, []byte("\n")) {
			if len(line) == 0 {
				continue
			}
			row, err := parseRow(line)
			if err == nil && row.has("revision") {
				_, err = row.record(false)
			}
			believed = believed && err == nil
		}
		if believed {
			passed++
		}
	}
	if passed == 0 {
		t.Fatal("every flip is refused by syntax alone")
	}
	t.Logf("%d of %d flips pass without the chain", passed, len(file))
}

func TestReadRefuses(t *testing.T) {
	file := string(export(t, logOf(t, sample(11, 4, 0))))
	redacted := string(export(t, logOf(t, sample(11, 4, 2))))
	lines := strings.SplitAfter(strings.TrimSuffix(file, "\n"), "\n")
	first, last := 1, len(lines)-1 // of the records; an author's line stands before
	swap := func(a, b int) string {
		l := append([]string(nil), lines...)
		l[a], l[b] = l[b], l[a]
		return strings.Join(l, "")
	}
	cut := func(from, to int) string {
		return strings.Join(lines[:from], "") + strings.Join(lines[to:], "")
	}
	edit := func(old, new string) string {
		if !strings.Contains(file, old) {
			t.Fatalf("no %q in\n%s", old, file)
		}
		return strings.Replace(file, old, new, 1)
	}
	tests := []struct{ name, file, want string }{
		{"nothing", "", "line 1: the file ends without"},
		{"a text", "hello\n", "line 1: byte 1: this is not JSON"},
		{"no end line", cut(last, len(lines)), "without an end line"},
		{"half a line", file[:len(file)-9], "byte"},
		{"a second export", file + file, "a line follows the end line"},
		{"an empty line", strings.Join(lines[:3], "") + "\n" + strings.Join(lines[3:], ""), "line 4: the line is empty"},
		{"a missing record", cut(first, first+1), "line 2"},
		{"swapped records", swap(first, last-1), "line 2"},
		{"the newest record missing", cut(last-1, last), "the end line says"},
		{"an author twice", lines[0] + file, "and another author's line follows"},
		{"an author late", strings.Join(lines[:last], "") + lines[0] + lines[last], "after a record of that author"},
		{"another version", edit(`"v":1`, `"v":2`), "this program reads 1"},
		{"another time", edit(`"time":17900`, `"time":17901`), "the chain does not verify"},
		{"another salt", edit(`"salt":"`, `"salt":"AA`), "base64"},
		{"an unknown field", edit(`{"v":1,`, `{"v":1,"x":0,`), `field "x" is not known`},
		{"a field twice", edit(`{"v":1,`, `{"v":1,"v":1,`), "is there twice"},
		{"a field missing", edit(`,"seq":`, `,"sec":`), `field "seq" is missing`},
		{"a fraction", edit(`"schema":1`, `"schema":1.0`), `field "schema" is not a whole number`},
		{"a lone surrogate", edit(`"name":"`, `"name":"\ud800`), "lone surrogate"},
		{"half a pair and a letter", edit(`"name":"`, `"name":"\ud800\u0041`), "lone surrogate"},
		{"broken UTF-8", edit(`"name":"`, "\"name\":\"\xff"), "not UTF-8"},
		{"a raw tab", edit(`"name":"`, "\"name\":\"\t"), "this is not JSON"},
		{"a thread in lower case", strings.ReplaceAll(file, string(thread), "01jz0000000000000000000000"), "is not a thread"},
		{"an id in lower case", edit(`"author":"0`, `"author":"o`), "ULID"},
		{"another stream", strings.ReplaceAll(file, string(thread), "authors"), "is not a thread"},
		{"redacted text without a record of it", edit(`","chain"`, `","commitment":"`+strings.Repeat("0", 64)+`","chain"`), "chain does not verify"},
	}
	for _, x := range tests {
		doc, err := Read(strings.NewReader(x.file))
		var at *Error
		if doc != nil || !errors.Is(err, ErrRefused) || !errors.As(err, &at) || at.Hint == "" || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
	if strings.Count(redacted, "commitment") != 1 {
		t.Fatalf("no redacted text in\n%s", redacted)
	}
}

// TestBlackTextMustBeTheOneThatWasRecorded shows both halves of the redacted
// law: the chain does not cover the redacted text, the redacted record does.
func TestBlackTextMustBeTheOneThatWasRecorded(t *testing.T) {
	for seed := range uint64(40) {
		records := sample(seed, 4, 1)
		log := logOf(t, records)
		if len(records[0].Text) < 8 {
			continue
		}
		file := string(export(t, log))
		forged := strings.Replace(file, "█", "■", 1)
		if _, err := Read(strings.NewReader(forged)); err == nil || !strings.Contains(err.Error(), "redacted text of revision 1") {
			t.Fatalf("seed %d: forged redacted text: %v", seed, err)
		}
		silent := records[:len(records)-1] // a redaction that no record tells of
		if _, err := Read(bytes.NewReader(export(t, logOf(t, silent)))); err == nil || !strings.Contains(err.Error(), "no redacted record says so") {
			t.Fatalf("seed %d: silent redaction: %v", seed, err)
		}
		undone := append([]eventlog.Record(nil), records...)
		undone[0].Proof = nil // the text is back, whatever it is
		if _, err := Read(bytes.NewReader(export(t, logOf(t, undone)))); err == nil || !strings.Contains(err.Error(), "still has its text") {
			t.Fatalf("seed %d: undone redaction: %v", seed, err)
		}
		return
	}
	t.Fatal("no sample had a title")
}

func TestSpaceAndOrderOfFieldsDoNotMatter(t *testing.T) {
	file := string(export(t, logOf(t, sample(11, 4, 0))))
	want, err := Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	spaced := strings.NewReplacer(`,"`, ` , "`, `":`, `": `, "\n", "\r\n").Replace(file)
	spaced = strings.Replace(spaced, `{"v": 1 , "end": true`, `{"end": true, "v": 1`, 1)
	got, err := Read(strings.NewReader(strings.TrimSpace(spaced)))
	if err != nil || !reflect.DeepEqual(got.Records, want.Records) {
		t.Fatalf("%v\n%s", err, spaced)
	}
}

func TestExportOfTooManyRevisionsFails(t *testing.T) {
	log := logOf(t, sample(1, 2, 0))
	head, _ := log.Head(ctx, thread)
	for _, through := range []eventlog.Revision{head.Revision + 1, 99} {
		if _, err := Export(ctx, new(bytes.Buffer), log, thread, through, names); !errors.Is(err, eventlog.ErrNotFound) {
			t.Errorf("through %d: %v", through, err)
		}
	}
	if _, err := Export(ctx, new(bytes.Buffer), log, "01JZ0000000000000000000009", 0, names); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("unknown thread: %v", err)
	}
	var b bytes.Buffer
	if h, err := Export(ctx, &b, log, thread, 2, names); err != nil || h.Revision != 2 {
		t.Errorf("through 2: %v %v", h, err)
	}
	if _, err := Read(&b); err != nil {
		t.Error(err)
	}
}

// An export is frozen: what was written once must always be readable, and written
// the same.
func TestExportIsSpelledAsTheFormatSays(t *testing.T) {
	log := logOf(t, []eventlog.Record{{
		Time: 5, Author: eventlog.AuthorID{15: 1}, Kind: "opened", Schema: 1, Shape: []byte("null"),
		Text: []byte("\x00\x00\x00\x02a\""), Proof: &eventlog.Proof{Salt: chain.Salt{15: 255}},
	}})
	head, _ := log.Head(ctx, thread)
	want := fmt.Sprintf(`{"v":1,"author":"00000000000000000000000001","name":"소라 1","kind":"person"}
{"v":1,"stream":"01JZ0000000000000000000000","revision":1,"time":5,"author":"00000000000000000000000001","client":"00000000000000000000000000","seq":0,"kind":"opened","schema":1,"shape":null,"text":["a\""],"salt":"AAAAAAAAAAAAAAAAAAAA/w==","chain":"%[1]s"}
{"v":1,"end":true,"stream":"01JZ0000000000000000000000","revisions":1,"head":"%[1]s"}
`, head.Chain)
	if got := string(export(t, log)); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
