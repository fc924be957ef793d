package crowd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A lineWriter writes numbered lines in line mode, each in several keystrokes.
type lineWriter struct {
	w       *Crowd
	c       *LineClient
	user    string
	alone   bool // nobody in this thread touches others' lines
	written []string
	lost    int // edits whose receipt a crash swallowed
}

// line starts a client that types in line mode.
func (w *Crowd) line(user, thread string, alone bool, r *rand.Rand) (string, error) {
	l := &lineWriter{w: w, user: user, alone: alone}
	var id string
	ready := make(chan struct{})
	c, err := DialLine(w.ctx, w.url, user, thread, "lines "+user, func(f *LineFrame) {
		<-ready
		w.journal.Read(id, f.Rev, LineSight{User: user, Line: *f.Line, Value: f.Value, Mine: f.Mine, Exact: alone})
	})
	if err != nil {
		return "", err
	}
	id, l.c = c.Thread(), c
	close(ready)
	w.lines = append(w.lines, l)
	w.types(func() {
		for n := 0; w.typing.Err() == nil; n++ {
			if err := l.write(n, r); err != nil {
				if w.ctx.Err() == nil {
					w.journal.Broken(err)
				}
				return
			}
		}
	}, "%s in line mode in thread %s", user, id)
	return id, nil
}

// errGone: others have altered the line beyond recognition.
var errGone = errors.New("the line is gone")

// write writes line n keystroke by keystroke and finishes it.
func (l *lineWriter) write(n int, r *rand.Rand) error {
	mark := fmt.Sprintf("%s#%d:", l.user, n)
	value := mark
	for i := 0; ; i++ {
		last := i >= 2+r.IntN(4) || l.w.typing.Err() != nil
		err := l.keystroke(mark, value, i == 0, last)
		if errors.Is(err, errGone) && !l.alone {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s writes %q: %w", l.user, value, err)
		}
		if last {
			l.written = append(l.written, value)
			return nil
		}
		value += fmt.Sprintf(" w%d", r.IntN(1000))
		sleep(l.w.typing, l.w.size.pause(r))
	}
}

// keystroke sends one value. Where the connection was lost it compares, as a
// person would, and sends what is not there.
func (l *lineWriter) keystroke(mark, value string, first, last bool) error {
	send := func() (*LineFrame, error) {
		switch {
		case last:
			return l.c.Submit(value)
		case first:
			return l.c.Create(value)
		}
		return l.c.Change(value)
	}
	for {
		_, err := send()
		if !errors.Is(err, ErrLost) {
			return err
		}
		l.lost++
		lines, rev, err := l.c.Joined()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(lines, func(x LineText) bool { return strings.HasPrefix(x.Value, mark) })
		switch {
		case at < 0 && first:
			continue // it never arrived
		case at < 0:
			return errGone
		case lines[at].Value == value && lines[at].Submitted == last && !last:
			// It did arrive. The line has to become current again.
		case lines[at].Value == value && lines[at].Submitted:
			return nil
		}
		send = func() (*LineFrame, error) { // once more, from the line as it stands
			r, err := l.c.ChangeAt(at, rev, value)
			if err == nil && last {
				r, err = l.c.Submit(value)
			}
			return r, err
		}
		first = false
	}
}

// check compares the written lines with those of the text: all must be there, once
// and in order.
func (l *lineWriter) check(text string) error {
	if !l.alone {
		return nil
	}
	var there []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, l.user+"#") {
			there = append(there, line)
		}
	}
	if !slices.Equal(there, l.written) {
		return fmt.Errorf("%s wrote %d lines and %d are there:\n%q\n%q", l.user, len(l.written), len(there), l.written, there)
	}
	return nil
}
