package logtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

var obligations = []obligation{
	{"AppendGivesDenseRevisionsAndKeepsRecords", appendKeeps},
	{"AppendAtAnotherRevisionConflicts", appendConflicts},
	{"AppendIsAllOrNothing", appendAllOrNothing},
	{"InvalidRecordsAreRefused", appendInvalid},
	{"TimesNeverDescend", appendTimes},
	{"EmptyAppendChecksTheHead", appendEmpty},
	{"CancelledAppendAppendsNothing", appendCancelled},
	{"ConcurrentAppendsAreLinear", appendConcurrent},
	{"ConcurrentStreamsDoNotDisturbEachOther", appendStreams},
	{"LargeAppendsStayWhole", appendLarge},

	{"AbsentStreamIsEmpty", readAbsent},
	{"ReadStartsAfterAnyRevision", readAfter},
	{"BytesBelongToTheCaller", readIsolated},
	{"AcknowledgedIsVisible", readAcknowledged},
	{"SlowReaderHoldsNothingUp", readSlow},
	{"CancelledReadEndsWithAnError", readCancelled},
	{"StreamsComeAsTheyBegan", readStreams},
	{"ScanGivesLogOrder", scanOrder},
	{"ScanStartsAfterAnyPosition", scanAfter},

	{"ProofsGiveTheChain", proveChain},
	{"ProveStartsAfterAnyRevision", proveAfter},
	{"ChainAtEndsAtTheHead", chainAt},
	{"EqualTextsHaveDifferentSalts", proveSalts},
	{"ImportedSaltsAreKept", proveImported},
	{"RedactedCommitmentsAreKept", proveRedacted},

	{"ClosedLogSaysSo", closed},
}

func appendKeeps(t T, log eventlog.AuditLog) {
	var want []eventlog.Record
	for i, n := range []int{1, 3, 1, 7} {
		in := entries(len(want), n)
		head := must(log.Append(ctx, "s", eventlog.Revision(len(want)), in...))(t, "append")
		want = append(want, in...)
		last := want[len(want)-1]
		if head.Stream != "s" || int(head.Revision) != len(want) || head.Time != last.Time {
			t.Fatalf("append %d: head is %v", i, head)
		}
		if now := must(log.Head(ctx, "s"))(t, "head"); now != head {
			t.Fatalf("head is %v, append returned %v", now, head)
		}
	}
	got := collect(t, "read", log.Read(ctx, "s", 0))
	if len(got) != len(want) {
		t.Fatalf("read %d records of %d", len(got), len(want))
	}
	for i, r := range got {
		if r.Stream != "s" || int(r.Revision) != i+1 || !same(r, want[i]) {
			t.Errorf("record %d is %+v, appended %+v", i+1, r, want[i])
		}
		if r.Proof != nil {
			t.Errorf("record %d has a proof that was not asked for", i+1)
		}
	}
}

func appendConflicts(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 3)
	for _, c := range []struct {
		stream         eventlog.Stream
		expected, head eventlog.Revision
	}{{"s", 0, 3}, {"s", 2, 3}, {"s", 4, 3}, {"s", 1 << 40, 3}, {"other", 1, 0}} {
		_, err := log.Append(ctx, c.stream, c.expected, entry(9))
		var conflict *eventlog.ConflictError
		if !errors.Is(err, eventlog.ErrConflict) || !errors.As(err, &conflict) {
			t.Fatalf("append to %s at %d: error is %v, want a conflict", c.stream, c.expected, err)
		}
		if conflict.Stream != c.stream || conflict.Expected != c.expected || conflict.Head != c.head {
			t.Errorf("append to %s at %d: conflict is %+v", c.stream, c.expected, conflict)
		}
	}
	unchanged(t, log, "s", 3)
	unchanged(t, log, "other", 0)
}

// unchanged checks that a stream ends at a revision.
func unchanged(t T, log eventlog.AuditLog, s eventlog.Stream, at int) {
	t.Helper()
	head := must(log.Head(ctx, s))(t, "head")
	if n := len(collect(t, "read", log.Read(ctx, s, 0))); int(head.Revision) != at || n != at {
		t.Errorf("%s: head is at %d and %d records can be read, want %d", s, head.Revision, n, at)
	}
}

func appendAllOrNothing(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 2)
	for bad := range 3 {
		in := entries(2, 3)
		in[bad].Kind = ""
		if _, err := log.Append(ctx, "s", 2, in...); !errors.Is(err, eventlog.ErrInvalid) {
			t.Errorf("append with a bad record %d: %v", bad, err)
		}
		unchanged(t, log, "s", 2)
		if _, err := log.Append(ctx, "new", 0, in...); !errors.Is(err, eventlog.ErrInvalid) {
			t.Errorf("append with a bad record %d: %v", bad, err)
		}
		unchanged(t, log, "new", 0)
	}
	grow(t, log, "s", 1)
	unchanged(t, log, "s", 3)
	if n := len(collect(t, "scan", log.Scan(ctx, 0))); n != 3 {
		t.Errorf("scan gives %d records, want 3", n)
	}
	if heads := must(log.Streams(ctx))(t, "streams"); len(heads) != 1 {
		t.Errorf("streams are %v, want one", heads)
	}
}

func appendInvalid(t T, log eventlog.AuditLog) {
	bad := func(s eventlog.Stream, change func(*eventlog.Record)) {
		t.Helper()
		r := entry(0)
		change(&r)
		if _, err := log.Append(ctx, s, 0, r); !errors.Is(err, eventlog.ErrInvalid) {
			t.Errorf("append to %q of %+v: error is %v", s, r, err)
		}
	}
	bad("s", func(r *eventlog.Record) { r.Kind = "" })
	bad("s", func(r *eventlog.Record) { r.Kind = strings.Repeat("k", 33) })
	bad("", func(*eventlog.Record) {})
	bad(eventlog.Stream(strings.Repeat("s", 65)), func(*eventlog.Record) {})
	bad("s", func(r *eventlog.Record) { r.Text, r.Proof = nil, &eventlog.Proof{Redacted: true} })
	long, r := eventlog.Stream(strings.Repeat("s", 64)), entry(0)
	r.Kind = strings.Repeat("k", 32)
	must(log.Append(ctx, long, 0, r))(t, "append to the longest name of the longest kind")
	if got := collect(t, "read", log.Read(ctx, long, 0)); len(got) != 1 || !same(got[0], r) {
		t.Errorf("read %+v", got)
	}
}

func appendTimes(t T, log eventlog.AuditLog) {
	at := func(time int64) eventlog.Record { r := entry(0); r.Time = time; return r }
	must(log.Append(ctx, "s", 0, at(100), at(100), at(200)))(t, "append")
	if _, err := log.Append(ctx, "s", 3, at(199)); !errors.Is(err, eventlog.ErrInvalid) {
		t.Errorf("time before the head's: error is %v", err)
	}
	if _, err := log.Append(ctx, "s", 3, at(300), at(299)); !errors.Is(err, eventlog.ErrInvalid) {
		t.Errorf("time earlier than in the record before: error is %v", err)
	}
	unchanged(t, log, "s", 3)
	must(log.Append(ctx, "s", 3, at(200)))(t, "append at the head's time")
	must(log.Append(ctx, "other", 0, at(1)))(t, "append to another stream at an earlier time")
	for i, r := range collect(t, "read", log.Read(ctx, "s", 0)) {
		if want := []int64{100, 100, 200, 200}[i]; r.Time != want {
			t.Errorf("record %d has time %d, want %d", i+1, r.Time, want)
		}
	}
}

func appendEmpty(t T, log eventlog.AuditLog) {
	if head := must(log.Append(ctx, "s", 0))(t, "empty append"); head.Revision != 0 || head.Chain != chain.Start("s") {
		t.Errorf("head is %v", head)
	}
	if heads := must(log.Streams(ctx))(t, "streams"); len(heads) != 0 {
		t.Errorf("an empty append began a stream: %v", heads)
	}
	want := grow(t, log, "s", 2)
	if head := must(log.Append(ctx, "s", 2))(t, "empty append"); head != want {
		t.Errorf("head is %v, want %v", head, want)
	}
	if _, err := log.Append(ctx, "s", 1); !errors.Is(err, eventlog.ErrConflict) {
		t.Errorf("empty append at a stale revision: %v", err)
	}
	unchanged(t, log, "s", 2)
}

func appendCancelled(t T, log eventlog.AuditLog) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := log.Append(gone, "s", 0, entry(0)); !errors.Is(err, context.Canceled) {
		t.Errorf("append with a cancelled context: %v", err)
	}
	unchanged(t, log, "s", 0)
	grow(t, log, "s", 1)
}

func appendConcurrent(t T, log eventlog.AuditLog) {
	const writers = 8
	each := max(5, seeds.Rounds(25))
	var wg sync.WaitGroup
	problems := make(chan error, writers)
	for w := range writers {
		wg.Go(func() {
			at := eventlog.Revision(0)
			for done := 0; done < each; {
				r := eventlog.Record{Kind: "changed", Author: eventlog.AuthorID{byte(w)}, Seq: uint64(done + 1), Shape: []byte("[]")}
				head, err := log.Append(ctx, "s", at, r)
				var conflict *eventlog.ConflictError
				switch {
				case errors.As(err, &conflict):
					at = conflict.Head
				case err != nil:
					problems <- err
					return
				case head.Revision != at+1:
					problems <- fmt.Errorf("append at %d gave head %d", at, head.Revision)
					return
				default:
					at = head.Revision
					done++
				}
			}
		})
	}
	wg.Wait()
	close(problems)
	for err := range problems {
		t.Fatalf("%v", err)
	}
	next := map[eventlog.AuthorID]uint64{}
	all := collect(t, "read", log.Read(ctx, "s", 0))
	for i, r := range all {
		if next[r.Author]++; r.Seq != next[r.Author] || int(r.Revision) != i+1 {
			t.Fatalf("record %d has revision %d and is number %d of its writer, want %d", i+1, r.Revision, r.Seq, next[r.Author])
		}
	}
	if len(all) != writers*each {
		t.Fatalf("%d appends were acknowledged and %d records are there", writers*each, len(all))
	}
}

func appendStreams(t T, log eventlog.AuditLog) {
	const streams = 16
	each := 2 * max(4, seeds.Rounds(20))
	var wg sync.WaitGroup
	problems := make(chan error, streams)
	name := func(i int) eventlog.Stream { return eventlog.Stream(fmt.Sprintf("stream-%d", i)) }
	for i := range streams {
		wg.Go(func() {
			for done := 0; done < each; done += 2 {
				if _, err := log.Append(ctx, name(i), eventlog.Revision(done), entries(done+i, 2)...); err != nil {
					problems <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(problems)
	for err := range problems {
		t.Fatalf("%v", err)
	}
	for i := range streams {
		for k, r := range collect(t, "read", log.Read(ctx, name(i), 0)) {
			if !same(r, entry(k+i)) {
				t.Fatalf("%s: record %d is %+v", name(i), k+1, r)
			}
		}
		unchanged(t, log, name(i), each)
		checkChain(t, log, name(i), 0)
	}
	if n := len(collect(t, "scan", log.Scan(ctx, 0))); n != streams*each {
		t.Errorf("scan gives %d records, want %d", n, streams*each)
	}
}

func appendLarge(t T, log eventlog.AuditLog) {
	in := entries(0, 5000)
	in[17].Text = []byte(strings.Repeat("x", 3<<20))
	in[18].Shape = []byte(strings.Repeat("[1],", 1<<18))
	must(log.Append(ctx, "s", 0, in...))(t, "append of 5,000 records")
	grow(t, log, "s", 2500, 1, 700, 1023, 1024, 1025)
	got := collect(t, "read", log.Read(ctx, "s", 0))
	if len(got) != 7500 {
		t.Fatalf("read %d records, want 7,500", len(got))
	}
	for i := range in {
		if !same(got[i], in[i]) {
			t.Fatalf("record %d differs", i+1)
		}
	}
	checkChain(t, log, "s", 0)
}
