// Package scripts has histories of threads for tests, as lines that can be read
// and pasted into a test, and a writer that makes up random ones. Only tests
// import it.
package scripts

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Script is a history in lines that can be read and pasted into a test: the
// first word is the author, the rest says what happened:
//
//	ana [5,[0,"hi"]]    a change, as JSON
//	ana [5,[0,"hi"]] states [[[2,1,0]],[]]    one that states origins and lines
//	ana submit 0 2      lines 0 to 2 are finished
//	ana redact 3 7      units 3 to 7 of the text are redacted
//	ana rename          another title
//	ana version         the last revision gets a name
//
// Line n of a script is revision n and happens at 1000·n milliseconds.
type Script []string

// String returns the script as Go source.
func (s Script) String() string {
	var b strings.Builder
	for _, line := range s {
		fmt.Fprintf(&b, "\t\t`%s`,\n", line)
	}
	return "script{\n" + b.String() + "\t}"
}

// Stream is the thread of every script.
const Stream eventlog.Stream = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

// AuthorID returns the id of the author with a name.
func AuthorID(name string) (id eventlog.AuthorID) {
	copy(id[:], name)
	return id
}

// AuthorName returns the name of an author that AuthorID returned.
func AuthorName(id eventlog.AuthorID) string { return strings.TrimRight(string(id[:]), "\x00") }

// Event reads a line of a script that follows the given text.
func Event(rev int, line string, text []uint16) (event.Event, error) {
	name, what, _ := strings.Cut(line, " ")
	e := event.Event{
		Stream: Stream, Revision: eventlog.Revision(rev), Time: int64(rev) * 1000, Author: AuthorID(name),
	}
	var from, to int
	var err error
	switch verb, args, _ := strings.Cut(what, " "); verb {
	case "submit":
		_, err = fmt.Sscan(args, &from, &to)
		e.Payload = event.Submitted{From: from, To: to}
	case "redact":
		_, err = fmt.Sscan(args, &from, &to)
		e.Payload = Redaction(text, from, to)
	case "rename":
		e.Payload = event.Renamed{Title: "another"}
	case "version":
		e.Payload = event.Version{Revision: eventlog.Revision(rev - 1), Name: "this far"}
	default:
		e.Payload, err = changed(what)
	}
	if err != nil {
		return e, fmt.Errorf("script line %d, %q: %w", rev, line, err)
	}
	return e, nil
}

// changed reads a change, and what it states: the origins and lines of event.Changed, as
// in a record's shape.
func changed(what string) (f event.Changed, err error) {
	what, stated, states := strings.Cut(what, " states ")
	if f.Change, err = ot.Parse([]byte(what)); err != nil || !states {
		return f, err
	}
	var lists [2][][]int
	if err = json.Unmarshal([]byte(stated), &lists); err != nil {
		return f, err
	}
	for _, o := range lists[0] {
		f.Origins = append(f.Origins, event.Origin{Units: o[0], Revision: eventlog.Revision(o[1]), Author: o[2]})
	}
	for _, l := range lists[1] {
		f.Lines = append(f.Lines, event.StatedLine{Piece: l[0], Born: eventlog.Revision(l[1]), Ordinal: l[2],
			Revision: eventlog.Revision(l[3]), Author: l[4], Time: int64(l[5]), Submitted: l[6] == 1})
	}
	return f, nil
}

// Redaction redacts from..to of a text and leaves its breaks.
func Redaction(text []uint16, from, to int) event.Redacted {
	black := make([]uint16, to-from)
	for i := range black {
		if black[i] = event.Blank; text[from+i] == '\n' {
			black[i] = '\n'
		}
	}
	if from == to { // it redacts nothing
		return event.Redacted{Change: ot.Keep(len(text)), Reason: "test"}
	}
	return event.Redacted{Ranges: [][2]int{{from, to}}, Change: ot.Replace(len(text), from, to, black), Reason: "test"}
}

// A Source draws numbers from 0 to n-1.
type Source func(n int) int

// Seeded returns a source that always draws the same numbers.
func Seeded(seed uint64) Source { return rand.New(rand.NewPCG(seed, 0)).IntN }

// Units returns a text in UTF-16 units.
func Units(s string) []uint16 {
	u, err := ot.Units(s)
	if err != nil {
		panic(err)
	}
	return u
}

// Log returns a log with the script, and the thread that it leads to. The error
// says which line cannot follow those before.
func (s Script) Log() (eventlog.AuditLog, *projection.Thread, error) {
	log, t := eventlog.NewMemory(), projection.NewThread(Stream)
	for n, line := range s {
		e, err := Event(n+1, line, t.Units(0, t.Len()))
		if err == nil {
			_, err = t.Apply(e)
		}
		if err == nil {
			rec := event.Encode(e.Payload)
			rec.Time, rec.Author = e.Time, e.Author
			_, err = log.Append(context.Background(), Stream, eventlog.Revision(n), rec)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return log, t, nil
}
