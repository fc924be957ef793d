package logtest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// wrong is a log with some of its methods replaced.
type wrong struct {
	eventlog.AuditLog
	append  func(context.Context, eventlog.Stream, eventlog.Revision, ...eventlog.Record) (eventlog.Head, error)
	read    func(context.Context, eventlog.Stream, eventlog.Revision) iter.Seq2[eventlog.Record, error]
	scan    func(context.Context, eventlog.Position) iter.Seq2[eventlog.Record, error]
	prove   func(context.Context, eventlog.Stream, eventlog.Revision) iter.Seq2[eventlog.Record, error]
	streams func(context.Context) ([]eventlog.Head, error)
	head    func(context.Context, eventlog.Stream) (eventlog.Head, error)
	chainAt func(context.Context, eventlog.Stream, eventlog.Revision) (chain.Digest, error)
	close   func() error
}

func (w *wrong) Append(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	if w.append != nil {
		return w.append(c, s, e, r...)
	}
	return w.AuditLog.Append(c, s, e, r...)
}

func (w *wrong) Read(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	if w.read != nil {
		return w.read(c, s, a)
	}
	return w.AuditLog.Read(c, s, a)
}

func (w *wrong) Scan(c context.Context, a eventlog.Position) iter.Seq2[eventlog.Record, error] {
	if w.scan != nil {
		return w.scan(c, a)
	}
	return w.AuditLog.Scan(c, a)
}

func (w *wrong) Prove(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	if w.prove != nil {
		return w.prove(c, s, a)
	}
	return w.AuditLog.Prove(c, s, a)
}

func (w *wrong) Streams(c context.Context) ([]eventlog.Head, error) {
	if w.streams != nil {
		return w.streams(c)
	}
	return w.AuditLog.Streams(c)
}

func (w *wrong) Head(c context.Context, s eventlog.Stream) (eventlog.Head, error) {
	if w.head != nil {
		return w.head(c, s)
	}
	return w.AuditLog.Head(c, s)
}

func (w *wrong) ChainAt(c context.Context, s eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	if w.chainAt != nil {
		return w.chainAt(c, s, at)
	}
	return w.AuditLog.ChainAt(c, s, at)
}

func (w *wrong) Close() error {
	if w.close != nil {
		return w.close()
	}
	return w.AuditLog.Close()
}

// each passes a sequence's records through f.
func each(seq iter.Seq2[eventlog.Record, error], f func(*eventlog.Record)) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range seq {
			if err == nil {
				f(&r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// breaches: each breaks one promise, and must be caught by the obligations named.
var breaches = []struct {
	name   string
	caught []string
	breach func(w *wrong, log eventlog.AuditLog)
}{
	{"appends wherever the head is", []string{"AppendAtAnotherRevisionConflicts", "EmptyAppendChecksTheHead", "ConcurrentAppendsAreLinear"},
		func(w *wrong, log eventlog.AuditLog) {
			var mu sync.Mutex
			w.append = func(c context.Context, s eventlog.Stream, _ eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
				mu.Lock()
				defer mu.Unlock()
				h, err := log.Head(c, s)
				if err != nil {
					return h, err
				}
				return log.Append(c, s, h.Revision, r...)
			}
		}},
	{"keeps what came before a bad record", []string{"AppendIsAllOrNothing"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (h eventlog.Head, err error) {
			if len(r) == 0 {
				return log.Append(c, s, e)
			}
			for i := range r {
				if h, err = log.Append(c, s, e+eventlog.Revision(i), r[i]); err != nil {
					return h, err
				}
			}
			return h, err
		}
	}},
	{"takes records without a kind", []string{"InvalidRecordsAreRefused", "AppendIsAllOrNothing"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			r = slices.Clone(r)
			for i := range r {
				if r[i].Kind == "" {
					r[i].Kind = "none"
				}
			}
			return log.Append(c, s, e, r...)
		}
	}},
	{"lifts times", []string{"TimesNeverDescend"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			h, _ := log.Head(c, s)
			r = slices.Clone(r)
			for i := range r {
				h.Time = h.Stamp(r[i].Time)
				r[i].Time = h.Time
			}
			return log.Append(c, s, e, r...)
		}
	}},
	{"does not look at ctx on append", []string{"CancelledAppendAppendsNothing"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(_ context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			return log.Append(ctx, s, e, r...)
		}
	}},
	{"loses every 40th record", []string{"ConcurrentAppendsAreLinear", "LargeAppendsStayWhole"}, func(w *wrong, log eventlog.AuditLog) {
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return func(yield func(eventlog.Record, error) bool) {
				for r, err := range log.Read(c, s, a) {
					if r.Revision%40 != 0 && !yield(r, err) {
						return
					}
				}
			}
		}
	}},
	{"cuts texts at a mebibyte", []string{"LargeAppendsStayWhole"}, func(w *wrong, log eventlog.AuditLog) {
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return each(log.Read(c, s, a), func(r *eventlog.Record) { r.Text = r.Text[:min(len(r.Text), 1<<20)] })
		}
	}},
	{"invents a stream", []string{"AbsentStreamIsEmpty"}, func(w *wrong, log eventlog.AuditLog) {
		w.head = func(c context.Context, s eventlog.Stream) (eventlog.Head, error) {
			h, err := log.Head(c, s)
			if h.Revision == 0 {
				h.Chain = chain.Digest{}
			}
			return h, err
		}
	}},
	{"reads from and not after", []string{"ReadStartsAfterAnyRevision"}, func(w *wrong, log eventlog.AuditLog) {
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return log.Read(c, s, max(a, 1)-1)
		}
	}},
	{"hands out its own bytes", []string{"BytesBelongToTheCaller"}, func(w *wrong, log eventlog.AuditLog) {
		var kept []eventlog.Record
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			if kept == nil {
				for r := range log.Read(c, s, 0) {
					kept = append(kept, r)
				}
			}
			return func(yield func(eventlog.Record, error) bool) {
				for _, r := range kept {
					if !yield(r, nil) {
						return
					}
				}
			}
		}
	}},
	{"keeps the caller's bytes", []string{"BytesBelongToTheCaller"}, func(w *wrong, log eventlog.AuditLog) {
		var mu sync.Mutex
		kept := map[string][]eventlog.Record{}
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			h, err := log.Append(c, s, e, r...)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kept[string(s)] = append(kept[string(s)], r...)
			}
			return h, err
		}
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return each(log.Read(c, s, a), func(r *eventlog.Record) {
				mu.Lock()
				defer mu.Unlock()
				r.Shape, r.Text = kept[string(s)][r.Revision-1].Shape, kept[string(s)][r.Revision-1].Text
			})
		}
	}},
	{"shows records late", []string{"AcknowledgedIsVisible"}, func(w *wrong, log eventlog.AuditLog) {
		var mu sync.Mutex
		ends := map[eventlog.Stream]eventlog.Revision{}
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			mu.Lock()
			defer mu.Unlock()
			h, err := log.Append(c, s, e, r...)
			ends[s] = e // readers see this append with the next one
			return h, err
		}
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			mu.Lock()
			end := ends[s]
			mu.Unlock()
			return func(yield func(eventlog.Record, error) bool) {
				for r, err := range log.Read(c, s, a) {
					if r.Revision > end || !yield(r, err) {
						return
					}
				}
			}
		}
	}},
	{"holds appends up while reading", []string{"SlowReaderHoldsNothingUp"}, func(w *wrong, log eventlog.AuditLog) {
		var mu sync.RWMutex
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			mu.Lock()
			defer mu.Unlock()
			return log.Append(c, s, e, r...)
		}
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return func(yield func(eventlog.Record, error) bool) {
				mu.RLock()
				defer mu.RUnlock()
				log.Read(c, s, a)(yield)
			}
		}
	}},
	{"does not look at ctx on read", []string{"CancelledReadEndsWithAnError"}, func(w *wrong, log eventlog.AuditLog) {
		w.read = func(_ context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return log.Read(ctx, s, a)
		}
	}},
	{"sorts streams by name", []string{"StreamsComeAsTheyBegan"}, func(w *wrong, log eventlog.AuditLog) {
		w.streams = func(c context.Context) ([]eventlog.Head, error) {
			h, err := log.Streams(c)
			slices.SortFunc(h, func(a, b eventlog.Head) int {
				if a.Stream < b.Stream {
					return -1
				}
				return 1
			})
			return h, err
		}
	}},
	{"scans stream by stream", []string{"ScanGivesLogOrder"}, func(w *wrong, log eventlog.AuditLog) {
		w.scan = func(c context.Context, a eventlog.Position) iter.Seq2[eventlog.Record, error] {
			return func(yield func(eventlog.Record, error) bool) {
				heads, err := log.Streams(c)
				if err != nil {
					yield(eventlog.Record{}, err)
					return
				}
				for _, h := range heads {
					for r, err := range log.Read(c, h.Stream, 0) {
						if !yield(r, err) {
							return
						}
					}
				}
			}
		}
	}},
	{"scans from the beginning", []string{"ScanStartsAfterAnyPosition", "AcknowledgedIsVisible"}, func(w *wrong, log eventlog.AuditLog) {
		w.scan = func(c context.Context, _ eventlog.Position) iter.Seq2[eventlog.Record, error] { return log.Scan(c, 0) }
	}},
	{"changes a record under its chain", []string{"ProofsGiveTheChain", "ProveStartsAfterAnyRevision"}, func(w *wrong, log eventlog.AuditLog) {
		w.prove = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return each(log.Prove(c, s, a), func(r *eventlog.Record) {
				if r.Revision == 13 {
					r.Time++
				}
			})
		}
	}},
	{"knows chain values of the future", []string{"ChainAtEndsAtTheHead"}, func(w *wrong, log eventlog.AuditLog) {
		w.chainAt = func(c context.Context, s eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
			d, err := log.ChainAt(c, s, at)
			if errors.Is(err, eventlog.ErrNotFound) {
				return d, nil
			}
			return d, err
		}
	}},
	{"salts everything alike", []string{"EqualTextsHaveDifferentSalts"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			r = slices.Clone(r)
			for i := range r {
				if r[i].Proof == nil && len(r[i].Text) > 0 {
					r[i].Proof = &eventlog.Proof{Salt: chain.Salt{1}}
				}
			}
			return log.Append(c, s, e, r...)
		}
	}},
	{"makes new salts on import", []string{"ImportedSaltsAreKept"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			r = slices.Clone(r)
			for i := range r {
				if r[i].Proof != nil && !r[i].Proof.Redacted {
					r[i].Proof = nil
				}
			}
			return log.Append(c, s, e, r...)
		}
	}},
	{"commits to redacted text", []string{"RedactedCommitmentsAreKept"}, func(w *wrong, log eventlog.AuditLog) {
		w.append = func(c context.Context, s eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
			r = slices.Clone(r)
			for i := range r {
				if p := r[i].Proof; p != nil && p.Redacted {
					r[i].Proof = &eventlog.Proof{Salt: p.Salt}
				}
			}
			return log.Append(c, s, e, r...)
		}
	}},
	{"does not close", []string{"ClosedLogSaysSo"}, func(w *wrong, _ eventlog.AuditLog) {
		w.close = func() error { return nil }
	}},
	{"mixes streams up", []string{"AppendGivesDenseRevisionsAndKeepsRecords", "ConcurrentStreamsDoNotDisturbEachOther"}, func(w *wrong, log eventlog.AuditLog) {
		w.read = func(c context.Context, s eventlog.Stream, a eventlog.Revision) iter.Seq2[eventlog.Record, error] {
			return each(log.Read(c, s, a), func(r *eventlog.Record) { r.Author[7]++ })
		}
	}},
}

func TestSuiteCatchesEveryBreach(t *testing.T) {
	defer func(p time.Duration) { patience = p }(patience)
	patience = time.Second
	tested := map[string]bool{}
	for _, b := range breaches {
		t.Run(b.name, func(t *testing.T) {
			failing := Failing(func() eventlog.AuditLog {
				log := eventlog.NewMemory()
				w := &wrong{AuditLog: log}
				b.breach(w, log)
				return w
			})
			for _, name := range b.caught {
				tested[name] = true
				if failing[name] == "" {
					t.Errorf("%s did not notice", name)
				}
			}
		})
	}
	for _, o := range obligations {
		if !tested[o.name] {
			t.Errorf("%s was never seen to fail", o.name)
		}
	}
}

func TestSuiteAcceptsMemory(t *testing.T) {
	if failing := Failing(eventlog.NewMemory); len(failing) > 0 {
		t.Fatal(failing)
	}
}

func TestFlakyFailsAsPlanned(t *testing.T) {
	f := NewFlaky(eventlog.NewMemory())
	f.FailNotPersisted(2)
	f.FailPersisted(3)
	f.FailUnavailable(5)
	at := eventlog.Revision(0)
	for i, want := range []struct {
		err error
		end eventlog.Revision
	}{{nil, 1}, {eventlog.ErrUnknown, 1}, {eventlog.ErrUnknown, 2}, {nil, 3}, {eventlog.ErrUnavailable, 3}, {nil, 4}} {
		_, err := f.Append(ctx, "s", at, entry(i))
		if !errors.Is(err, want.err) || (err == nil) != (want.err == nil) {
			t.Fatalf("append %d: %v, want %v", i+1, err, want.err)
		}
		h, _ := f.Head(ctx, "s")
		if at = h.Revision; at != want.end {
			t.Fatalf("append %d: head is at %d, want %d", i+1, at, want.end)
		}
	}
}

func TestAckEarlyLosesWhatItAcknowledged(t *testing.T) { synctest.Test(t, ackEarly) }

func ackEarly(t *testing.T) {
	disk := eventlog.NewMemory()
	a := NewAckEarly(disk, time.Second)
	for i := range 20 {
		if _, err := a.Append(ctx, "s", eventlog.Revision(i), entry(i)); err != nil {
			t.Fatal(err)
		}
	}
	if h, _ := disk.Head(ctx, "s"); h.Revision == 20 {
		t.Fatal("all was appended before it was acknowledged: this is no negative control")
	}
	n := 0
	for _, err := range a.Read(ctx, "s", 0) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 20 {
		t.Fatalf("a reader in the process sees %d of 20 records", n)
	}
	if _, err := a.Append(ctx, "s", 3, entry(3)); !errors.Is(err, eventlog.ErrConflict) {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}
