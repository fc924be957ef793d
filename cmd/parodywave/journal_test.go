package main

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A journal has every entry and receipt that a client received, kept outside the
// server. It compares the log with them.
type journal struct {
	mu       sync.Mutex
	threads  map[eventlog.Stream]*threadJournal
	problems []string
	entries  int // seen, counted once for each client
	receipts int // own entries that came back, and receipts of line mode
}

// A threadJournal is one thread's.
type threadJournal struct {
	stream eventlog.Stream

	// Entries that clients saw above the revision that was checked last.
	seen  map[eventlog.Revision]sight
	lines map[eventlog.Revision][]lineSight
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

// A lineSight is an update of line mode: what a line read.
type lineSight struct {
	user  string
	line  int
	value string
	mine  bool // the receipt of user's own edit, which was at that revision
	exact bool // nobody else works in that line
}

func newJournal() *journal { return &journal{threads: map[eventlog.Stream]*threadJournal{}} }

// of returns a thread's journal. The caller holds mu.
func (j *journal) of(id string) *threadJournal {
	stream := eventlog.Stream(id)
	t := j.threads[stream]
	if t == nil {
		t = &threadJournal{
			stream: stream, seen: map[eventlog.Revision]sight{}, lines: map[eventlog.Revision][]lineSight{},
			acked: map[eventlog.ClientID]uint64{}, seqs: map[eventlog.ClientID]uint64{},
			thread: projection.NewThread(stream), chain: chain.Start(id),
		}
		j.threads[stream] = t
	}
	return t
}

// opened notes that a client got the receipt for a new thread. The thread must
// be in the log even where nobody saw an entry of it yet.
func (j *journal) opened(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.of(id)
}

const maxNoted = 40

func (j *journal) problem(format string, args ...any) {
	if len(j.problems) < maxNoted {
		j.problems = append(j.problems, fmt.Sprintf(format, args...))
	}
}

// broken records a complaint of a test client.
func (j *journal) broken(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.problem("%v", err)
}

func (j *journal) complaints() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.problems)
}

// saw notes an entry of the stream.
func (j *journal) saw(thread string, u client.Update) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(thread)
	j.entries++
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

// read notes an update of line mode.
func (j *journal) read(thread string, rev uint64, s lineSight) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(thread)
	if s.mine {
		j.receipts++
	}
	if r := eventlog.Revision(rev); r > t.thread.Revision {
		t.lines[r] = append(t.lines[r], s)
	}
}

// check reads what the log has beyond the last check, and holds it against
// what was seen. It returns how many records it read.
func (j *journal) check(log eventlog.AuditLog) int {
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
func (j *journal) follow(t *threadJournal, names *projection.Authors, records iter.Seq2[eventlog.Record, error]) error {
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
func (j *journal) line(t *threadJournal, s lineSight, e event.Event, names *projection.Authors) {
	if s.mine && !s.exact {
		return // others may have altered or moved the line between its record and the receipt
	}
	now, by := "(no such line)", ""
	if s.line < t.thread.LineCount() {
		row := t.thread.Row(s.line)
		now, by = t.thread.Content(row), names.Author(row.Author).Name
	}
	if now != s.value || s.mine && by != s.user {
		j.problem("%s: line %d at revision %d read %q (%+v), and the log says %q by %s", t.stream, s.line, e.Revision, s.value, s, now, by)
	}
}

// missing reports entries that clients saw and the log does not have.
func (j *journal) missing(t *threadJournal) {
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

// text returns a thread's text as the log had it at the last check.
func (j *journal) text(id string) (string, eventlog.Revision) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.of(id)
	return t.thread.Text(), t.thread.Revision
}

// summary says how much there was.
func (j *journal) summary() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	records := 0
	for _, t := range j.threads {
		records += int(t.thread.Revision)
	}
	return fmt.Sprintf("%d threads, %d records; clients saw %d entries and got %d receipts", len(j.threads), records, j.entries, j.receipts)
}

func list(problems []string) string { return "\n  " + strings.Join(problems, "\n  ") }
