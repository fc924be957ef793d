package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

func clientID(s string) [16]byte {
	id, err := ulid.ParseStrict(s)
	if err != nil {
		return [16]byte{}
	}
	return id
}

// writers are the clients that type while the server is killed.
type writers struct {
	journal *journal
	ctx     context.Context // of the connections
	typing  context.Context // typing ends with it
	begin   chan struct{}   // closed: typing begins
	pause   time.Duration   // between two edits of one, on the average
	all     sync.WaitGroup

	mu    sync.Mutex
	texts []*client.Client
	lines []*lineWriter
}

// text starts a client that types in text mode, into a thread or, if thread is "",
// into a new one. It returns the thread's id.
func (w *writers) text(url, user, thread string, r *rand.Rand) (string, error) {
	var id string // of the thread, once it is known
	ready := make(chan struct{})
	c, err := client.Dial(w.ctx, client.Options{
		URL: url, User: user, Thread: thread, Title: "text " + user, PendingMax: 30, PushMax: 20,
		OnUpdate: func(u client.Update) {
			<-ready
			w.journal.saw(id, u)
		},
	})
	if err != nil {
		return "", err
	}
	id = c.Thread()
	close(ready)
	w.mu.Lock()
	w.texts = append(w.texts, c)
	w.mu.Unlock()
	w.all.Go(func() {
		<-w.begin
		for n := 0; w.typing.Err() == nil; n++ {
			if err := c.Edit(func(t *client.Text) ot.Change { return someEdit(r, t, user, n) }); err != nil {
				w.journal.broken(err)
				return
			}
			sleep(w.typing, time.Duration(r.Int64N(int64(2*w.pause))))
		}
	})
	return id, nil
}

// someEdit inserts a word, a character or a break, or deletes a little.
func someEdit(r *rand.Rand, t *client.Text, user string, n int) ot.Change {
	from := r.IntN(t.Len() + 1)
	to := from
	if t.Len() > 2000 || r.IntN(3) == 0 {
		to = min(t.Len(), from+1+r.IntN(12))
	}
	word := ""
	switch k := r.IntN(10); {
	case t.Len() > 2000:
	case k < 5:
		word = fmt.Sprintf("%s%d ", user[:1], n)
	case k < 7:
		word = "\n"
	case k < 8:
		word = "한글"
	case to == from:
		word = "x"
	}
	units, _ := ot.Units(word)
	return ot.Replace(t.Len(), from, to, units)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// A lineWriter writes numbered lines in line mode, each in several keystrokes.
type lineWriter struct {
	w       *writers
	c       *lineClient
	user    string
	alone   bool // nobody in this thread touches others' lines
	written []string
	lost    int // edits whose receipt a crash swallowed
}

// line starts a client that types in line mode.
func (w *writers) line(url, user, thread string, alone bool, r *rand.Rand) (string, error) {
	l := &lineWriter{w: w, user: user, alone: alone}
	var id string
	ready := make(chan struct{})
	c, err := dialLine(w.ctx, url, user, thread, "lines "+user, func(f *lineFrame) {
		<-ready
		w.journal.read(id, f.Rev, lineSight{user: user, line: *f.Line, value: f.Value, mine: f.Mine, exact: alone})
	})
	if err != nil {
		return "", err
	}
	id, l.c = c.thread, c
	close(ready)
	w.mu.Lock()
	w.lines = append(w.lines, l)
	w.mu.Unlock()
	w.all.Go(func() {
		<-w.begin
		for n := 0; w.typing.Err() == nil; n++ {
			if err := l.write(n, r); err != nil {
				if w.ctx.Err() == nil {
					w.journal.broken(err)
				}
				return
			}
		}
	})
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
		sleep(l.w.typing, time.Duration(r.Int64N(int64(2*l.w.pause))))
	}
}

// keystroke sends one value. Where the connection was lost it compares, as a
// person would, and sends what is not there.
func (l *lineWriter) keystroke(mark, value string, first, last bool) error {
	send := func() (*lineFrame, error) {
		switch {
		case last:
			return l.c.submit(value)
		case first:
			return l.c.create(value)
		}
		return l.c.change(value)
	}
	for {
		_, err := send()
		if !errors.Is(err, errLost) {
			return err
		}
		l.lost++
		lines, rev, err := l.c.joined()
		if err != nil {
			return err
		}
		at := slices.IndexFunc(lines, func(x lineText) bool { return strings.HasPrefix(x.Value, mark) })
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
		send = func() (*lineFrame, error) { // once more, from the line as it stands
			r, err := l.c.changeAt(at, rev, value)
			if err == nil && last {
				r, err = l.c.submit(value)
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
