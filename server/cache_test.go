package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/snapshot"
	"parodywave/server/internal/people"
)

// A site is a directory in which a server is started again and again.
type site struct {
	t       *testing.T
	dir     string
	r       *rand.Rand
	ids     []eventlog.Stream
	lengths map[eventlog.Stream]int // of their texts, which are ASCII

	log    *boltlog.Log
	cache  *snapshot.Cache
	server *Server
	web    *httptest.Server
	said   saying
}

// A saying is the output of a logger.
type saying struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *saying) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *saying) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.b.String()
	s.b.Reset()
	return out
}

func (s *site) path(name string) string { return filepath.Join(s.dir, name) }

func (s *site) start() {
	s.t.Helper()
	var err error
	if s.log, err = boltlog.Open(s.path("log.db"), boltlog.Options{NoSync: true}); err != nil {
		s.t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(&s.said, nil))
	s.cache = snapshot.Open(s.t.Context(), s.path("cache.db"), s.log, logger)
	s.server, err = New(s.t.Context(), Config{Log: s.log.Store(), Cache: s.cache, Listen: "127.0.0.1:0", Logger: logger})
	if err != nil {
		s.t.Fatal(err)
	}
	s.web = httptest.NewServer(s.server.Handler())
}

// stop ends the server; killed leaves the cache as it was before that.
func (s *site) stop(killed bool) {
	s.t.Helper()
	before, err := os.ReadFile(s.path("cache.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.web.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		s.t.Error(err)
	}
	if err := s.cache.Close(); err != nil {
		s.t.Error(err)
	}
	if err := s.log.Close(); err != nil {
		s.t.Error(err)
	}
	if killed {
		if err := os.WriteFile(s.path("cache.db"), before, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
}

// write has authors open threads and write enough for snapshots.
func (s *site) write(edits int) {
	s.t.Helper()
	names := []string{"Ann", "Ben", "소라"}
	for i := range edits {
		who := people.Identity{Name: names[s.r.IntN(3)], Kind: "cli"}
		if len(s.ids) == 0 || i%50 == 0 && len(s.ids) < 3 {
			id, err := s.server.api.NewThread(s.t.Context(), fmt.Sprint("Thread ", len(s.ids)), "one\ntwo\n", who)
			if err != nil {
				s.t.Fatal(err)
			}
			s.ids = append(s.ids, id)
			s.lengths[id] = len("one\ntwo\n")
		}
		id := s.ids[max(s.r.IntN(2*len(s.ids))-len(s.ids), 0)] // mostly the first, which gets long
		length := s.lengths[id]
		from := s.r.IntN(length + 1)
		to, insert := from, fmt.Sprint("word ", i, " ")
		switch s.r.IntN(4) {
		case 0:
			to, insert = min(length, from+s.r.IntN(100)), ""
		case 1:
			insert = strings.Repeat("a line\n", 1+s.r.IntN(150))
		}
		units, err := ot.Units(insert)
		if err != nil {
			s.t.Fatal(err)
		}
		sum, _ := s.server.live.Hub().Get(id)
		if _, err := s.server.api.Revise(s.t.Context(), id, event.Changed{Change: ot.Replace(length, from, to, units)}, sum.Revision, 0, who); err != nil {
			s.t.Fatal(err)
		}
		s.lengths[id] = length - (to - from) + len(units)
	}
}

func (s *site) ask(path string) string {
	s.t.Helper()
	resp, err := s.web.Client().Get(s.web.URL + path) // answers are not checked against openapi.json here
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %v %s", path, resp.StatusCode, err, b)
	}
	return string(b)
}

// answers returns every answer, by its path.
func (s *site) answers() map[string]string {
	s.t.Helper()
	out := map[string]string{}
	paths := []string{"/api/threads"}
	for _, id := range s.ids {
		sum, ok := s.server.live.Hub().Get(id)
		if !ok {
			s.t.Fatalf("thread %s is gone", id)
		}
		thread := "/api/threads/" + string(id)
		paths = append(paths, thread, thread+"/text", thread+"/blame", thread+"/timeline", thread+"/versions", thread+"/log", thread+"/lines")
		for _, at := range []eventlog.Revision{sum.Revision / 3, sum.Revision - 1} {
			paths = append(paths, fmt.Sprintf("%s/blame?at=%d", thread, max(at, 1)), fmt.Sprintf("%s/moment?at=%d&since=%d", thread, max(at, 1), at/2))
		}
	}
	for _, p := range paths {
		out[p] = s.ask(p)
	}
	return out
}

// Law 1: the files beside log.db may be lost or wrong, and no answer changes.
func TestTheLogIsTheOnlyTruth(t *testing.T) {
	seed := seeds.For(t)
	s := &site{t: t, dir: t.TempDir(), r: rand.New(rand.NewPCG(seed, 0)), lengths: map[eventlog.Stream]int{}}
	s.start()
	s.write(150)
	want := s.answers()
	cached, saved := 0, 0
	for round, beside := range []string{"closed", "killed", "deleted", "damaged", "cut off", "killed", "closed"} {
		s.stop(beside != "closed")
		b, err := os.ReadFile(s.path("cache.db"))
		if err != nil {
			t.Fatal(err)
		}
		switch beside {
		case "deleted":
			b = nil
			err = os.Remove(s.path("cache.db"))
		case "damaged":
			for range 1 + s.r.IntN(30) {
				b[s.r.IntN(len(b))]++
			}
		case "cut off":
			b = b[:s.r.IntN(len(b))]
		}
		if b != nil {
			err = os.WriteFile(s.path("cache.db"), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.start()
		if said := s.said.take(); strings.Contains(said, "cached=true") {
			cached++
		} else if beside == "closed" {
			t.Errorf("round %d: the cache was not used: %s", round, said)
		}
		if s.cache.Snapshot(t.Context(), s.ids[0], 0) != nil {
			saved++
		}
		got := s.answers()
		for path, answer := range want {
			if got[path] != answer {
				t.Fatalf("seed %d, round %d, cache %s: %s\nbefore %.2000s\nafter  %.2000s", seed, round, beside, path, answer, got[path])
			}
		}
		s.write(40)
		want = s.answers()
	}
	s.stop(false)
	if cached < 3 || saved < 2 {
		t.Errorf("the cache was used %d times, and had the long thread %d times", cached, saved)
	}
	log, err := boltlog.Open(s.path("log.db"), boltlog.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if c := compared(t, s.path("cache.db"), log); len(c.Problems) > 0 || !c.State {
		t.Errorf("%+v", c)
	}
}

// compared folds all threads of a log and compares a cache with them.
func compared(t *testing.T, path string, log *boltlog.Log) *snapshot.Report {
	t.Helper()
	c, err := snapshot.NewComparer(t.Context(), path, log)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	threads, comparers := map[eventlog.Stream]*projection.Thread{}, map[eventlog.Stream]*snapshot.ThreadComparer{}
	for r, err := range log.Scan(t.Context(), 0) {
		if err == nil && !event.IsThread(r.Stream) {
			continue
		}
		var e event.Event
		if err == nil {
			e, err = event.Decode(r)
		}
		if threads[r.Stream] == nil {
			threads[r.Stream], comparers[r.Stream] = projection.NewThread(r.Stream), c.Thread(r.Stream)
		}
		if err == nil {
			_, err = threads[r.Stream].Apply(e)
		}
		if err != nil {
			t.Fatal(err)
		}
		comparers[r.Stream].At(threads[r.Stream])
	}
	for stream, x := range comparers {
		x.End(threads[stream])
	}
	r, err := c.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRebuildTellsHowFarItIs: folding a long log logs its progress, folding a
// short one does not.
func TestRebuildTellsHowFarItIs(t *testing.T) {
	s := &site{t: t, dir: t.TempDir(), r: rand.New(rand.NewPCG(1, 0)), lengths: map[eventlog.Stream]int{}}
	s.start()
	s.write(50)
	defer func() { s.stop(false) }()
	var records []eventlog.Record
	for range 9000 {
		records = append(records, event.Encode(event.Started{Place: event.Place{Node: "other"}}))
	}
	head, err := s.log.Head(t.Context(), eventlog.Connections)
	if err == nil {
		for i := range records {
			records[i].Time = head.Time
		}
		_, err = s.log.Append(t.Context(), eventlog.Connections, head.Revision, records...)
	}
	if err != nil {
		t.Fatal(err)
	}
	for logged, want := range map[time.Time]bool{time.Now().Add(time.Hour): false, time.Now().Add(-time.Minute): true} {
		s.said.take()
		state, err := foldAll(t.Context(), s.cache.Source(), s.cache, slog.New(slog.NewTextHandler(&s.said, nil)), logged)
		if err != nil {
			t.Fatal(err)
		}
		if said := s.said.take(); strings.Contains(said, "folding the log") != want {
			t.Errorf("last logged %v ago: logged %q", time.Since(logged), said)
		}
		if n := state.Directory.Len(); n != len(s.ids) {
			t.Errorf("%d threads, want %d", n, len(s.ids))
		}
	}
}
