package projection_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A script is a history in lines that can be read and pasted into a test: the
// first word is the author, the rest says what happened:
//
//	ana [5,[0,"hi"]]    a change, as JSON
//	ana submit 0 2      lines 0 to 2 are finished
//	ana redact 3 7      units 3 to 7 of the text are blacked out
//	ana rename          another title
//	ana version         the last revision gets a name
//
// Line n of a script is revision n and happens at 1000·n milliseconds.
type script []string

func (s script) String() string {
	var b strings.Builder
	for _, line := range s {
		fmt.Fprintf(&b, "\t\t`%s`,\n", line)
	}
	return "script{\n" + b.String() + "\t}"
}

const testStream eventlog.Stream = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

func authorID(name string) (id eventlog.AuthorID) {
	copy(id[:], name)
	return id
}

func authorName(id eventlog.AuthorID) string { return strings.TrimRight(string(id[:]), "\x00") }

// eventOf reads a line of a script that follows the given text.
func eventOf(rev int, line string, text []uint16) (event.Event, error) {
	name, what, _ := strings.Cut(line, " ")
	e := event.Event{
		Stream: testStream, Revision: eventlog.Revision(rev), Time: int64(rev) * 1000, Author: authorID(name),
	}
	var from, to int
	var err error
	switch verb, args, _ := strings.Cut(what, " "); verb {
	case "submit":
		_, err = fmt.Sscan(args, &from, &to)
		e.Payload = event.Submitted{From: from, To: to}
	case "redact":
		_, err = fmt.Sscan(args, &from, &to)
		e.Payload = redaction(text, from, to)
	case "rename":
		e.Payload = event.Renamed{Title: "another"}
	case "version":
		e.Payload = event.Version{Revision: eventlog.Revision(rev - 1), Name: "this far"}
	default:
		var c ot.Change
		c, err = ot.Parse([]byte(what))
		e.Payload = event.Changed{Change: c}
	}
	if err != nil {
		return e, fmt.Errorf("script line %d, %q: %w", rev, line, err)
	}
	return e, nil
}

// redaction blacks out from..to of a text and leaves its breaks.
func redaction(text []uint16, from, to int) event.Redacted {
	black := make([]uint16, to-from)
	for i := range black {
		if black[i] = event.Blank; text[from+i] == '\n' {
			black[i] = '\n'
		}
	}
	if from == to { // nothing is blacked out
		return event.Redacted{Change: ot.Keep(len(text)), Reason: "test"}
	}
	return event.Redacted{Ranges: [][2]int{{from, to}}, Change: ot.Replace(len(text), from, to, black), Reason: "test"}
}

// A source draws numbers from 0 to n-1.
type source func(n int) int

func seeded(seed uint64) source { return rand.New(rand.NewPCG(seed, 0)).IntN }
