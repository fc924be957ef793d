package api

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"

	"github.com/oklog/ulid/v2"
)

const testThread eventlog.Stream = "01J9Z3N8QJ7C0V5R2K4M6T8W9X"

// one is a Threads with one thread in memory, which no connection is in.
type one struct {
	Threads
	authority *authority.Authority
}

func (o one) Get(s eventlog.Stream) (projection.Summary, bool) {
	return projection.Summary{Stream: s}, s == testThread
}

func (o one) With(_ context.Context, _ eventlog.Stream, f func(*authority.Authority) error) error {
	return f(o.authority)
}

func (o one) Damaged(eventlog.Stream) *eventlog.DamageError { return nil }

func (o one) Changed(eventlog.Stream) <-chan struct{} { return nil }

// nobody is an authority's room without connections.
type nobody struct{ authority.Room }

func (nobody) Announce(authority.Batch)              {}
func (nobody) RateLimit(int) (r authority.RateLimit) { return r }

// newAPI returns an API whose log has testThread with these records, all by one
// author.
func newAPI(t *testing.T, payloads ...event.Payload) *API {
	t.Helper()
	log := eventlog.NewMemory()
	records := make([]eventlog.Record, len(payloads))
	for i, p := range payloads {
		records[i] = event.Encode(p)
		records[i].Author[0] = 1
	}
	head, err := log.Append(t.Context(), testThread, 0, records...)
	if err != nil {
		t.Fatal(err)
	}
	thread, err := projection.Replay(t.Context(), projection.Plain(log), testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	au := authority.New(authority.Config{
		Stream: testThread, Log: projection.Plain(log), Now: func() int64 { return time.Now().UnixMilli() }, Elapsed: func() int64 { return time.Now().UnixMilli() },
		After:     func(d time.Duration, f func()) { time.AfterFunc(d, f) },
		NewClient: func() eventlog.ClientID { return eventlog.ClientID(ulid.Make()) },
		Room:      nobody{},
		MaxText:   wire.DefaultLimits().Text,
		Logger:    slog.New(slog.DiscardHandler),
	}, thread, head.Chain)
	var running sync.WaitGroup
	running.Go(func() { au.Run(t.Context()) })
	t.Cleanup(running.Wait)
	return &API{
		Log: projection.Plain(log), Threads: one{authority: au}, People: people.New(log, projection.NewAuthors(), func(eventlog.Stream, eventlog.Revision, []eventlog.Record, error) {}, time.Now),
		Limits: wire.DefaultLimits(), Logger: slog.New(slog.DiscardHandler), Now: time.Now,
	}
}

func changed(t *testing.T, s string) event.Changed {
	t.Helper()
	c, err := ot.Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return event.Changed{Change: c}
}

// text returns the text that the log has.
func (a *API) text(t *testing.T) string {
	t.Helper()
	thread, err := projection.Replay(t.Context(), a.Log, testThread, 0)
	if err != nil {
		t.Fatal(err)
	}
	return thread.Text()
}
