package crowd

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"

	"github.com/oklog/ulid/v2"
)

// A Journal has every entry and receipt that a client received, kept outside the
// server. It compares the log with them.
type Journal struct {
	mu       sync.Mutex
	threads  map[eventlog.Stream]*threadJournal
	problems []string
	lost     int     // problems, whether noted or not
	timeline []Shown // if timed
	timed    bool
	entries  int // seen, counted once for each client
	receipts int // own entries that came back, and receipts of line mode
}

// A threadJournal is one thread's.
type threadJournal struct {
	stream eventlog.Stream

	// Entries that clients saw above the revision that was checked last.
	seen  map[eventlog.Revision]sight
	lines map[eventlog.Revision][]LineSight
	acked map[eventlog.ClientID]uint64 // the last own seq that came back

	// Records of the log that were read so far, and by the last check.
	recent map[eventlog.Revision]sight
	thread *projection.Thread
	chain  chain.Digest
	seqs   map[eventlog.ClientID]uint64
}

// A sight is an entry as a client saw it.
type sight struct {
	kind   string
	author string
	client string
	seq    uint64
	change ot.Change
}

// A LineSight is an update of line mode: what a line read.
type LineSight struct {
	User  string `json:"user"`
	Line  int    `json:"line"`
	Value string `json:"value"`
	Mine  bool   `json:"mine,omitempty"`  // the receipt of User's own edit, which was at that revision
	Exact bool   `json:"exact,omitempty"` // nobody else works in that line
}

// A Shown is the moment after which a revision must not be lost: a client has just
// received it.
type Shown struct {
	At       time.Time
	Thread   eventlog.Stream
	Revision eventlog.Revision
}

// NewJournal returns an empty journal.
func NewJournal() *Journal { return &Journal{threads: map[eventlog.Stream]*threadJournal{}} }

// of returns a thread's journal. The caller holds mu.
func (j *Journal) of(id string) *threadJournal {
	stream := eventlog.Stream(id)
	t := j.threads[stream]
	if t == nil {
		t = &threadJournal{
			stream: stream, seen: map[eventlog.Revision]sight{}, lines: map[eventlog.Revision][]LineSight{},
			acked: map[eventlog.ClientID]uint64{}, seqs: map[eventlog.ClientID]uint64{},
			thread: projection.NewThread(stream), chain: chain.Start(id),
		}
		j.threads[stream] = t
	}
	return t
}

// Opened notes that a client got the receipt for a new thread. The thread must
// be in the log even where nobody saw an entry of it yet.
func (j *Journal) Opened(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.of(id)
	j.shown(id, 1)
}

// Time makes the journal keep the moment of each entry, for Timeline.
func (j *Journal) Time() { j.timed = true }

// Timeline returns what was shown to clients, in order.
func (j *Journal) Timeline() []Shown {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.timeline)
}

func (j *Journal) shown(thread string, rev uint64) {
	if j.timed {
		j.timeline = append(j.timeline, Shown{time.Now(), eventlog.Stream(thread), eventlog.Revision(rev)})
	}
}

// Lost returns how many entries, receipts and threads are missing from a log, altered
// in it, or there twice, and how many clients ended with an error.
func (j *Journal) Lost() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lost
}

// Receipts returns how many edits were acknowledged to their authors.
func (j *Journal) Receipts() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.receipts
}

const maxNoted = 40

func (j *Journal) problem(format string, args ...any) {
	j.lost++
	if len(j.problems) < maxNoted {
		j.problems = append(j.problems, fmt.Sprintf(format, args...))
	}
}

// Broken records a complaint of a test client.
func (j *Journal) Broken(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.problem("%v", err)
}

// Problems describes the first of them.
func (j *Journal) Problems() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.problems)
}

// Saw notes an entry of the stream.
func (j *Journal) Saw(thread string, u client.Update) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(thread)
	j.entries++
	j.shown(thread, u.Rev)
	s := sight{u.Kind, u.Author, u.Client, u.Seq, u.Change}
	rev := eventlog.Revision(u.Rev)
	if u.Own {
		j.receipts++
		t.acked[clientID(u.Client)] = u.Seq
	}
	before, ok := t.seen[rev]
	if !ok {
		before, ok = t.recent[rev]
	}
	if ok && !before.equal(s) {
		j.problem("%s: revision %d was seen as %+v, and is %+v for others or in the log", thread, rev, s, before)
	}
	if rev > t.thread.Revision { // older ones come to clients that are behind
		t.seen[rev] = s
	}
}

func (s sight) equal(r sight) bool {
	return s.kind == r.kind && s.author == r.author && s.client == r.client && s.seq == r.seq && s.change.Equal(r.change)
}

// Read notes an update of line mode.
func (j *Journal) Read(thread string, rev uint64, s LineSight) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(thread)
	if s.Mine {
		j.receipts++
	}
	j.shown(thread, rev)
	if r := eventlog.Revision(rev); r > t.thread.Revision {
		t.lines[r] = append(t.lines[r], s)
	}
}

// Check reads what the log has beyond the last check, and holds it against
// what was seen. It returns how many records it read.
func (j *Journal) Check(log eventlog.AuditLog) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	ctx := context.Background()
	names, err := authors(ctx, log)
	if err != nil {
		j.problem("authors: %v", err)
		return 0
	}
	n := 0
	for _, stream := range slices.Sorted(maps.Keys(j.threads)) {
		t := j.threads[stream]
		if c, err := log.ChainAt(ctx, stream, t.thread.Revision); err != nil || c != t.chain {
			j.problem("%s: revision %d was there with chain %v, and now %v (%v)", stream, t.thread.Revision, t.chain, c, err)
			continue
		}
		before := t.thread.Revision
		if err := j.follow(t, names, log.Prove(ctx, stream, before)); err != nil {
			j.problem("%s: %v", stream, err)
		}
		n += int(t.thread.Revision - before)
		j.missing(t)
	}
	return n
}

// follow folds further records in and holds each against what was seen of it.
func (j *Journal) follow(t *threadJournal, names *projection.Authors, records iter.Seq2[eventlog.Record, error]) error {
	t.recent = map[eventlog.Revision]sight{}
	for r, err := range records {
		if err != nil {
			return err
		}
		e, err := event.Decode(r)
		if err != nil {
			return err
		}
		t.recent[r.Revision] = sightOf(e)
		if _, err := t.thread.Apply(e); err != nil {
			return err
		}
		t.chain = r.Proof.Chain
		if e.Seq > 0 {
			if e.Seq != t.seqs[e.Client]+1 {
				j.problem("%s: revision %d is seq %d of client %s, after %d: lost or twice", t.stream, r.Revision, e.Seq, event.ClientString(e.Client), t.seqs[e.Client])
			}
			t.seqs[e.Client] = e.Seq
		}
		if s, ok := t.seen[r.Revision]; ok && !s.equal(sightOf(e)) {
			j.problem("%s: revision %d was seen as %+v and is %+v", t.stream, r.Revision, s, sightOf(e))
		}
		for _, s := range t.lines[r.Revision] {
			j.line(t, s, e, names)
		}
		delete(t.seen, r.Revision)
		delete(t.lines, r.Revision)
	}
	return nil
}

func sightOf(e event.Event) sight {
	s := sight{author: event.AuthorString(e.Author), kind: event.Kind(e.Payload)}
	if c, ok := e.Payload.(event.Changed); ok {
		s.kind, s.client, s.seq, s.change = "", event.ClientString(e.Client), e.Seq, c.Change
	}
	return s
}

// line compares a line that a client in line mode got with the thread at that revision.
func (j *Journal) line(t *threadJournal, s LineSight, e event.Event, names *projection.Authors) {
	if s.Mine && !s.Exact {
		return // others may have altered or moved the line between its record and the receipt
	}
	now, by := "(no such line)", ""
	if s.Line < t.thread.LineCount() {
		row := t.thread.Row(s.Line)
		now, by = t.thread.Content(row), names.Author(row.Author).Name
	}
	if now != s.Value || s.Mine && by != s.User {
		j.problem("%s: line %d at revision %d read %q (%+v), and the log says %q by %s", t.stream, s.Line, e.Revision, s.Value, s, now, by)
	}
}

// missing reports entries that clients saw and the log does not have.
func (j *Journal) missing(t *threadJournal) {
	if t.thread.Revision == 0 {
		j.problem("%s: LOST: the thread was opened and the log has nothing of it", t.stream)
	}
	for _, rev := range slices.Sorted(maps.Keys(t.seen)) {
		j.problem("%s: LOST: revision %d was seen (%+v) and the log ends at %d", t.stream, rev, t.seen[rev], t.thread.Revision)
	}
	for _, rev := range slices.Sorted(maps.Keys(t.lines)) {
		j.problem("%s: LOST: revision %d was seen in line mode (%+v) and the log ends at %d", t.stream, rev, t.lines[rev], t.thread.Revision)
	}
	for client, seq := range t.acked {
		if t.seqs[client] < seq {
			j.problem("%s: LOST: seq %d of client %s was acknowledged and the log has %d", t.stream, seq, event.ClientString(client), t.seqs[client])
		}
	}
}

// authors folds the stream of that name.
func authors(ctx context.Context, log eventlog.Log) (*projection.Authors, error) {
	a := projection.NewAuthors()
	for r, err := range log.Read(ctx, eventlog.Authors, 0) {
		if err != nil {
			return nil, err
		}
		e, err := event.Decode(r)
		if err == nil {
			err = a.Apply(e)
		}
		if err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Text returns a thread's text as the log had it at the last check.
func (j *Journal) Text(id string) (string, eventlog.Revision) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(id)
	return t.thread.Text(), t.thread.Revision
}

// Summary says how much there was.
func (j *Journal) Summary() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	records := 0
	for _, t := range j.threads {
		records += int(t.thread.Revision)
	}
	return fmt.Sprintf("%d threads, %d records; clients saw %d entries and got %d receipts", len(j.threads), records, j.entries, j.receipts)
}

func clientID(s string) eventlog.ClientID {
	id, err := ulid.ParseStrict(s)
	if err != nil {
		return eventlog.ClientID{}
	}
	return eventlog.ClientID(id)
}
