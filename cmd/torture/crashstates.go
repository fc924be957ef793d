package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

func init() {
	rows = append(rows, row{
		name: "crashstates", fault: "power cut at any instant: whatever was not synced is there in part, torn and reordered", unit: "states of the file",
		lie: "syncs do nothing", rounds: 20, lacks: needsStrace, outline: crashStates,
	})
}

// inStates is the time without the recording.
const inStates = "milliseconds in states"

// crashStates records the writes and syncs of a log under load, with sealing, and makes
// files of them as a power cut could have left them.
//
// The model: all that was written before the begin of the last sync that had ended is
// on disk. Of the rest any part is, by sectors of 512 bytes, in any order. A state for
// an instant must open, and must have every revision that a client had been shown
// before that instant, with the chain value that it has in the final log. One in eight
// states is opened for writing, gets one more record, and is verified again.
func crashStates(ctx context.Context, e *env) (o outcome, err error) {
	size, life, records := crowd.Size{Texts: 3, Each: 2, Lines: 1, Mixed: 1, Pause: 8 * time.Millisecond}, 3*time.Second, 0
	switch {
	case e.small:
		life = 400 * time.Millisecond
	case e.seed%4 == 0: // so that the server seals while it runs
		size, records = crowd.Size{Texts: 4, Each: 5, Mixed: 1}, 70_000
	case e.seed%4 == 1: // long commits
		size.Bulk, life = 300, time.Second
	}
	rec, err := e.record(ctx, &o, size, life, records)
	if err != nil {
		return o, err
	}
	began := time.Now()
	s := &states{rec: rec, env: e, r: rand.New(rand.NewPCG(e.seed, 1)), o: &o, must: map[eventlog.Stream]eventlog.Revision{}}
	err = s.all(ctx, e.states(500, 20))
	o.count("system calls recorded", len(rec.ops))
	o.count(inStates, int(time.Since(began).Milliseconds()))
	return o, err
}

// states makes states of one recording, in the order of their instants.
type states struct {
	rec *recording
	env *env
	r   *rand.Rand

	durable []byte       // what the ended syncs had made durable
	pending []*operation // what began before the instant and is not in durable
	synced  float64      // when the last ended sync began
	begun   int          // operations before the instant
	shown   int          // of rec.shown
	must    map[eventlog.Stream]eventlog.Revision

	mu sync.Mutex
	o  *outcome
}

// A state is a file as a power cut could have left it.
type state struct {
	name  string // where it is from, for a report
	file  []byte
	must  map[eventlog.Stream]eventlog.Revision
	write bool // also open it for writing
}

// all makes and checks n states.
func (s *states) all(ctx context.Context, n int) error {
	instants := make([]int, n)
	for i := range instants {
		instants[i] = s.r.IntN(len(s.rec.ops) + 1)
	}
	slices.Sort(instants)
	s.durable = slices.Clone(s.rec.base)
	work, err := os.MkdirTemp(memory(), "torture-states-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	queue := make(chan state)
	var workers sync.WaitGroup
	for i := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for x := range queue {
				x.check(ctx, s, filepath.Join(work, fmt.Sprint(i, ".db")))
			}
		})
	}
	for _, at := range instants {
		if ctx.Err() != nil {
			break
		}
		s.advance(at)
		queue <- s.state(at)
	}
	close(queue)
	workers.Wait()
	return ctx.Err()
}

// memory is a directory in memory, if the system has one.
func memory() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return ""
}

// advance goes to the instant just before operation at begins.
func (s *states) advance(at int) {
	now := 1e18
	if at < len(s.rec.ops) {
		now = s.rec.ops[at].begin
	}
	for ; s.shown < len(s.rec.shown); s.shown++ {
		x := s.rec.shown[s.shown]
		if float64(x.At.UnixNano())/1e9 >= now {
			break
		}
		s.must[x.Thread] = max(s.must[x.Thread], x.Revision)
	}
	for ; s.begun < at; s.begun++ {
		s.pending = append(s.pending, s.rec.ops[s.begun])
	}
	if s.env.control {
		return // no sync ever makes anything durable
	}
	for _, x := range s.pending {
		if x.syncs() && x.end <= now {
			s.synced = max(s.synced, x.begin)
		}
	}
	var rest []*operation
	for _, x := range s.pending {
		switch {
		case x.end > s.synced && !(x.syncs() && x.end <= now):
			rest = append(rest, x)
		default:
			s.durable = x.apply(s.durable, nil)
		}
	}
	s.pending = rest
}

// state draws a state for the instant.
func (s *states) state(at int) state {
	pending := slices.Clone(s.pending)
	file := append(make([]byte, 0, len(s.durable)+1<<20), s.durable...)
	n := len(pending)
	var keep, keepSector func() bool
	how := ""
	switch s.r.IntN(7) {
	case 0:
		how, pending = "nothing of it", nil
	case 1:
		how = "all of it"
	case 2:
		how, pending = "a beginning of it", pending[:s.r.IntN(n+1)]
	case 3:
		how = "all but one write"
		if n > 0 {
			i := s.r.IntN(n)
			pending = slices.Delete(pending, i, i+1)
		}
	case 4:
		how, keep = "some of it", s.coin
	case 5:
		how, keep, keepSector = "some of it, torn", s.coin, s.coin
	case 6:
		how, keepSector = "torn and reordered", s.coin
		s.r.Shuffle(n, func(i, j int) { pending[i], pending[j] = pending[j], pending[i] })
	}
	for _, x := range pending {
		if keep == nil || keep() {
			file = x.apply(file, keepSector)
		}
	}
	return state{
		name: fmt.Sprintf("before call %d of %d, with %d calls not synced and of these %s", at, len(s.rec.ops), n, how),
		file: file, must: maps.Clone(s.must), write: s.r.IntN(8) == 0,
	}
}

func (s *states) coin() bool { return s.r.IntN(2) == 0 }

// check opens a state and compares it with what had been shown.
func (x state) check(ctx context.Context, s *states, path string) {
	err := os.WriteFile(path, x.file, 0o600)
	torn := false
	if err == nil {
		torn, err = x.open(ctx, s.rec, path, boltlog.Options{ReadOnly: true})
	}
	if err == nil && x.write {
		if _, err = x.open(ctx, s.rec, path, boltlog.Options{}); err == nil {
			_, err = x.open(ctx, s.rec, path, boltlog.Options{ReadOnly: true})
		}
		if err != nil {
			err = fmt.Errorf("after it was opened for writing: %w", err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.o.tried++
	if torn {
		s.o.count("with a torn meta page, which verify names", 1)
	}
	if err != nil {
		s.o.lose("%s: %v", x.name, err)
	}
}

// open verifies the file and compares its threads. A meta page may be torn: the other
// one is then the newest.
func (x state) open(ctx context.Context, rec *recording, path string, o boltlog.Options) (torn bool, err error) {
	o.Packer = event.Packer{}
	log, err := boltlog.Open(path, o)
	if err != nil {
		return false, fmt.Errorf("it does not open: %w", err)
	}
	defer log.Close()
	report, err := log.Verify(ctx, nil)
	if err != nil {
		return false, err
	}
	for _, p := range report.Problems {
		if torn = strings.Contains(p.String(), "meta page"); !torn {
			return false, fmt.Errorf("verify: %w", report.Err())
		}
	}
	heads, err := log.Streams(ctx)
	if err != nil {
		return torn, err
	}
	missing := maps.Clone(x.must)
	for _, h := range heads {
		if !event.IsThread(h.Stream) {
			continue
		}
		all := rec.chains[h.Stream]
		switch {
		case h.Revision < x.must[h.Stream]:
			return torn, fmt.Errorf("LOST: thread %s ends at %d, and %d was shown", h.Stream, h.Revision, x.must[h.Stream])
		case int(h.Revision) > len(all) || all[h.Revision-1] != h.Chain:
			return torn, fmt.Errorf("thread %s at %d is not what it was", h.Stream, h.Revision)
		}
		delete(missing, h.Stream)
	}
	if len(missing) > 0 {
		return torn, fmt.Errorf("LOST: the threads %v", slices.Collect(maps.Keys(missing)))
	}
	if o.ReadOnly {
		return torn, nil
	}
	at, _ := log.Head(ctx, eventlog.Connections)
	more := event.Encode(event.Started{})
	more.Time = at.Stamp(time.Now().UnixMilli())
	_, err = log.Append(ctx, eventlog.Connections, at.Revision, more)
	return torn, err
}
