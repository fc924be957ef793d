package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// disagreement returns where an answer about the lines of a thread differs from blame:
// blame --porcelain, blame --chars, and the history of each line on the page. An imported export must have the same rows.
func disagreement(t *testing.T, log eventlog.AuditLog, thread *projection.Thread) string {
	t.Helper()
	var out bytes.Buffer
	a, s := &app{ctx: t.Context(), out: bufio.NewWriter(&out)}, sourceOf(log)
	printed := func(f func(a *app, s *source, t *projection.Thread, from, to int) error) []string {
		out.Reset()
		if err := f(a, s, thread, 0, thread.CountedLines()); err != nil {
			t.Fatal(err)
		}
		a.out.Flush()
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	var texts, mails []string
	mailOf, commit := map[string]string{}, ""
	for _, l := range printed((&blameCommand{}).porcelain) {
		switch mail, isMail := strings.CutPrefix(l, "author-mail "); {
		case strings.HasPrefix(l, "\t"):
			texts, mails = append(texts, l[1:]), append(mails, mailOf[commit])
		case isMail:
			mailOf[commit] = mail
		case len(l) > 41 && l[40] == ' ' && !strings.Contains(l[:40], " "):
			if commit = l[:40]; strings.HasPrefix(l[41:], "0 ") {
				return fmt.Sprintf("porcelain: line %q has no number at its revision", l)
			}
		}
	}
	chars := make([]string, thread.LineCount())
	for _, l := range printed((&blameCommand{JSON: true}).chars) {
		var run runRow
		if l != "" && json.Unmarshal([]byte(l), &run) == nil {
			chars[run.Line-1] += run.Text
		}
	}
	if len(texts) != thread.CountedLines() {
		return fmt.Sprintf("porcelain has %d lines, blame %d", len(texts), thread.CountedLines())
	}
	for row := range thread.Rows() {
		if row.Line == len(texts) {
			break
		}
		content := thread.Content(row)
		if texts[row.Line] != disarmedLine(content) || mails[row.Line] != "<"+idString(row.Author)+">" {
			return fmt.Sprintf("line %d: porcelain has %q by %s, blame %q by %s", row.Line+1, texts[row.Line], mails[row.Line], content, idString(row.Author))
		}
		if chars[row.Line] != content {
			return fmt.Sprintf("line %d: --chars has %q, blame %q", row.Line+1, chars[row.Line], content)
		}
		h, err := projection.ReplayLine(t.Context(), s, thread.Stream, projection.LineQuery{Line: row.ID, At: thread.Revision, Limit: 100})
		if err != nil {
			return fmt.Sprintf("line %d has no history: %v", row.Line+1, err)
		}
		if got := lastReading(h); got != content {
			return fmt.Sprintf("line %d: its history on the page ends with %q, blame has %q", row.Line+1, got, content)
		}
	}
	return ""
}

// lastReading returns what a line reads after its newest passage.
func lastReading(h *projection.LineHistory) (text string) {
	for _, p := range h.Passages {
		if p.Line != h.Line {
			continue
		}
		for _, part := range p.Parts() {
			if part.Kind >= 0 {
				text += part.Text
			}
		}
		break
	}
	return text
}

// TestAnswersAgreeWithBlame on random threads at random moments, and after an export
// and an import.
func TestAnswersAgreeWithBlame(t *testing.T) {
	seed := seeds.For(t)
	for h := range seeds.Rounds(100) {
		rnd := rand.New(rand.NewPCG(seed, uint64(h)))
		log, thread := randomRecords(t, rnd.IntN, 40)
		for _, at := range []eventlog.Revision{1 + eventlog.Revision(rnd.IntN(int(thread.Revision))), thread.Revision} {
			then, err := projection.Replay(t.Context(), projection.Plain(log), testThread, at)
			if err != nil {
				t.Fatal(err)
			}
			if bad := disagreement(t, log, then); bad != "" {
				t.Errorf("seed %d, history %d, revision %d: %s", seed, h, at, bad)
			}
		}
		var file bytes.Buffer
		s := sourceOf(log)
		if _, err := ndjson.Export(t.Context(), &file, s, testThread, 0, s.exportName); err != nil {
			t.Fatal(err)
		}
		d, err := ndjson.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		again := projection.NewThread(testThread)
		for _, r := range d.Records {
			r.Stream = testThread
			e, err := event.Decode(r)
			if err == nil {
				_, err = again.Apply(e)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, want := fmt.Sprint(rowsIn(again)), fmt.Sprint(rowsIn(thread)); got != want {
			t.Errorf("seed %d, history %d: the export has rows\n%s, want\n%s", seed, h, got, want)
		}
	}
}

// TestOtherAnswersDisagree is the negative control: a thread that has one edit more than
// its log, in any of its lines.
func TestOtherAnswersDisagree(t *testing.T) {
	log, thread := randomRecords(t, rand.New(rand.NewPCG(1, 1)).IntN, 40)
	for line := range thread.CountedLines() {
		more, err := projection.Replay(t.Context(), projection.Plain(log), testThread, thread.Revision-1)
		if err != nil || line >= more.LineCount() {
			continue
		}
		at := more.Row(line).Start
		e := event.Event{Stream: testThread, Revision: thread.Revision, Time: 1e6, Payload: event.Changed{Change: ot.Replace(more.Len(), at, at, []uint16{'#'})}}
		if _, err := more.Apply(e); err != nil {
			t.Fatal(err)
		}
		if disagreement(t, log, more) == "" {
			t.Errorf("line %d has another text than in the log, and all answers agree", line+1)
		}
	}
}

func rowsIn(t *projection.Thread) (all []string) {
	for row := range t.Rows() {
		all = append(all, fmt.Sprintf("%+v %q", row, t.Content(row)))
	}
	return all
}

// TestAnswersAgreeOnFrozenLogs: the logs of every version say the same everywhere.
func TestAnswersAgreeOnFrozenLogs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "migrations", "testdata", "v*", "log.db.gz"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no frozen logs: %v", err)
	}
	for _, file := range files {
		log, err := boltlog.Open(unzipped(t, file), boltlog.Options{ReadOnly: true, Packer: event.Packer{}})
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		heads, err := log.Streams(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range heads {
			if !event.IsThread(h.Stream) {
				continue
			}
			thread, err := projection.Replay(t.Context(), projection.Plain(log), h.Stream, 0)
			if err != nil {
				t.Fatal(err)
			}
			if bad := disagreement(t, log, thread); bad != "" {
				t.Errorf("%s, thread %s: %s", file, h.Stream, bad)
			}
		}
	}
}

func unzipped(t *testing.T, path string) string {
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
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "log.db")
	if err := os.WriteFile(out, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}
