package api

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// TestACopyThatIsNotTakenEnds, since it holds a transaction of the log open.
func TestACopyThatIsNotTakenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, ended := newAPI(t, event.Opened{Title: "T"}), make(chan struct{})
		a.Copy = func(w io.Writer) error {
			defer close(ended)
			for b := make([]byte, 32<<10); ; {
				if _, err := w.Write(b); err != nil {
					return err
				}
			}
		}
		mux := http.NewServeMux()
		a.Control(mux)
		a.trickle(t, mux, "/copy", ended)
	})
}

// A repeating log yields its records without end.
type repeating struct {
	eventlog.AuditLog
	ended chan struct{} // closed when its reader ends
}

func (l repeating) Prove(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		defer close(l.ended)
		for {
			for r, err := range l.AuditLog.Prove(ctx, s, 0) {
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// TestEventsThatAreNotReadEnd: the records of a whole block are in memory while
// they wait.
func TestEventsThatAreNotReadEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, ended := newAPI(t, event.Opened{Title: "T"}, changed(t, `[[0,"nobody reads it"]]`)), make(chan struct{})
		a.Log = projection.Plain(repeating{a.Log, ended})
		mux := http.NewServeMux()
		a.Routes(mux)
		a.trickle(t, mux, "/api/threads/"+string(testThread)+"/events?follow=true", ended)
	})
}

// trickle requests an answer without end and reads a little of it, each time just
// within the API's patience, and then nothing more: the answer must end then, and
// not before.
func (a *API) trickle(t *testing.T, h http.Handler, path string, ended <-chan struct{}) {
	t.Helper()
	a.Patience = time.Minute
	ours, theirs := net.Pipe()
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(&single{conn: theirs, closed: make(chan struct{})}) }()
	defer server.Close()
	defer ours.Close()
	fmt.Fprintf(ours, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", path)
	for range 5 {
		time.Sleep(a.Patience - time.Second)
		if _, err := io.ReadFull(ours, make([]byte, 64<<10)); err != nil {
			t.Fatalf("the answer ended while it was read: %v", err)
		}
	}
	select {
	case <-ended:
	case <-time.After(a.Patience + time.Second):
		t.Error("the answer goes on although nobody reads it")
	}
}

// single is a listener with one connection.
type single struct {
	conn   net.Conn
	closed chan struct{}
}

func (s *single) Accept() (net.Conn, error) {
	if c := s.conn; c != nil {
		s.conn = nil
		return c, nil
	}
	<-s.closed
	return nil, net.ErrClosed
}

func (s *single) Close() error {
	select {
	case <-s.closed:
	default:
		close(s.closed)
	}
	return nil
}

func (s *single) Addr() net.Addr { return &net.TCPAddr{} }
