package logtest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"parodywave/eventlog"
)

func readAbsent(t T, log eventlog.AuditLog) {
	head := must(log.Head(ctx, "s"))(t, "head")
	if want := (eventlog.Head{Stream: "s", Chain: startOf("s")}); head != want {
		t.Errorf("head is %v, want %v", head, want)
	}
	for _, after := range []eventlog.Revision{0, 7} {
		if got := collect(t, "read", log.Read(ctx, "s", after)); len(got) != 0 {
			t.Errorf("read %v", got)
		}
		if got := collect(t, "prove", log.Prove(ctx, "s", after)); len(got) != 0 {
			t.Errorf("proved %v", got)
		}
	}
	if got := collect(t, "scan", log.Scan(ctx, 0)); len(got) != 0 {
		t.Errorf("scanned %v", got)
	}
	if got := must(log.Streams(ctx))(t, "streams"); len(got) != 0 {
		t.Errorf("streams are %v", got)
	}
}

func readAfter(t T, log eventlog.AuditLog) {
	grow(t, log, "other", 5)
	grow(t, log, "s", 40, 1, 2, 5)
	grow(t, log, "other", 5)
	for after := range 43 {
		got := collect(t, "read", log.Read(ctx, "s", eventlog.Revision(after)))
		if len(got) != max(40-after, 0) {
			t.Fatalf("read %d records after %d of 40", len(got), after)
		}
		for i, r := range got {
			if int(r.Revision) != after+i+1 || !same(r, entry(after+i)) {
				t.Fatalf("record %d after %d is %+v", i+1, after, r)
			}
		}
	}
	for r, err := range log.Read(ctx, "s", 10) { // leaving early is allowed
		if err != nil || r.Revision != 11 {
			t.Fatalf("first after 10: %d, %v", r.Revision, err)
		}
		break
	}
}

func readIsolated(t T, log eventlog.AuditLog) {
	in := entries(0, 2)
	in[0].Text = []byte("\x00\x00\x00\x05hello")
	must(log.Append(ctx, "s", 0, in...))(t, "append")
	in[0].Shape[0], in[0].Text[4] = '!', 'j'
	reads := []func() iter.Seq2[eventlog.Record, error]{
		func() iter.Seq2[eventlog.Record, error] { return log.Read(ctx, "s", 0) },
		func() iter.Seq2[eventlog.Record, error] { return log.Scan(ctx, 0) },
		func() iter.Seq2[eventlog.Record, error] { return log.Prove(ctx, "s", 0) },
	}
	for range 2 {
		for i, read := range reads {
			got := collect(t, "read", read())
			if len(got) != 2 || string(got[0].Shape) != "[0,[0,1]]" || string(got[0].Text) != "\x00\x00\x00\x05hello" {
				t.Fatalf("reading in way %d after others changed their bytes: %v", i, got)
			}
			_ = append(got[0].Shape, "overwritten"...)
			_ = append(got[0].Text, "overwritten"...)
			if !same(got[1], entry(1)) {
				t.Fatalf("appending to one record's bytes changed the next: %+v", got[1])
			}
			got[0].Shape[0], got[0].Text[4] = '?', 'y'
			if p := got[0].Proof; p != nil {
				p.Salt[0]++
				p.Chain[0]++
			}
		}
	}
	checkChain(t, log, "s", 0)
}

func readAcknowledged(t T, log eventlog.AuditLog) {
	for i := range 50 {
		s := eventlog.Stream(fmt.Sprintf("s%d", i%3))
		head := grow(t, log, s, 1)
		got := collect(t, "read", log.Read(ctx, s, head.Revision-1))
		if len(got) != 1 || !same(got[0], entry(int(head.Revision)-1)) {
			t.Fatalf("append %d was acknowledged; read after it gives %+v", i, got)
		}
		if got := collect(t, "scan", log.Scan(ctx, eventlog.Position(i))); len(got) != 1 || got[0].Stream != s {
			t.Fatalf("append %d was acknowledged; scan after it gives %+v", i, got)
		}
	}
}

func readSlow(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 3000, 100)
	type reading struct {
		next func() (eventlog.Record, error, bool)
		from int
	}
	var slow []reading
	for _, seq := range []iter.Seq2[eventlog.Record, error]{log.Read(ctx, "s", 0), log.Scan(ctx, 0), log.Prove(ctx, "s", 0)} {
		next, stop := iter.Pull2(seq)
		t.Cleanup(stop)
		if r, err, ok := next(); !ok || err != nil || r.Revision != 1 {
			t.Fatalf("first record: %d, %v", r.Revision, err)
		}
		slow = append(slow, reading{next, 1})
	}
	done := make(chan error, 1)
	go func() {
		_, err := log.Append(ctx, "s", 3000, entries(3000, 2000)...)
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("append: %v", err)
		}
	case <-time.After(patience):
		t.Fatalf("an append waits for readers that stopped in the middle")
	}
	for i, r := range slow {
		n := r.from
		for rec, err, ok := r.next(); ok; rec, err, ok = r.next() {
			if n++; err != nil || int(rec.Revision) != n {
				t.Fatalf("slow reader %d: record %d: revision %d, %v", i, n, rec.Revision, err)
			}
		}
		if n < 3000 {
			t.Fatalf("slow reader %d: ended after %d records", i, n)
		}
	}
}

func readCancelled(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 2000, 500)
	for i, seq := range []func(context.Context) iter.Seq2[eventlog.Record, error]{
		func(c context.Context) iter.Seq2[eventlog.Record, error] { return log.Read(c, "s", 0) },
		func(c context.Context) iter.Seq2[eventlog.Record, error] { return log.Scan(c, 0) },
		func(c context.Context) iter.Seq2[eventlog.Record, error] { return log.Prove(c, "s", 0) },
	} {
		for _, stopAt := range []int{0, 3} {
			c, cancel := context.WithCancel(ctx)
			if stopAt == 0 {
				cancel()
			}
			n, last := 0, error(nil)
			for r, err := range seq(c) {
				if last != nil {
					t.Fatalf("way %d: %d was yielded after an error", i, r.Revision)
				}
				if last = err; err == nil {
					n++
				}
				if n == stopAt {
					cancel()
				}
			}
			cancel()
			if !errors.Is(last, context.Canceled) {
				t.Errorf("way %d, cancelled after %d records: ended after %d with %v", i, stopAt, n, last)
			}
		}
	}
}

func readStreams(t T, log eventlog.AuditLog) {
	var want []eventlog.Stream
	for i := range 30 {
		s := eventlog.Stream(fmt.Sprintf("s%d", i*7%10))
		if !slices.Contains(want, s) {
			want = append(want, s)
		}
		grow(t, log, s, 1)
	}
	heads := must(log.Streams(ctx))(t, "streams")
	for i, h := range heads {
		if i >= len(want) || h.Stream != want[i] {
			t.Fatalf("stream %d is %s, want order %v", i, h.Stream, want)
		}
		if one := must(log.Head(ctx, h.Stream))(t, "head"); one != h {
			t.Errorf("streams has %v, head is %v", h, one)
		}
	}
	if len(heads) != len(want) {
		t.Fatalf("%d streams, want %d", len(heads), len(want))
	}
}

func interleave(t T, log eventlog.AuditLog) (order []eventlog.Stream) {
	for i := range 60 {
		s := eventlog.Stream(fmt.Sprintf("s%d", (i*i)%4))
		k := 1 + i%3
		grow(t, log, s, k, k)
		for range k {
			order = append(order, s)
		}
	}
	return order
}

func scanOrder(t T, log eventlog.AuditLog) {
	order := interleave(t, log)
	next := map[eventlog.Stream]eventlog.Revision{}
	all := collect(t, "scan", log.Scan(ctx, 0))
	for i, r := range all {
		if next[r.Stream]++; r.Stream != order[i] || r.Revision != next[r.Stream] || int(r.Position) != i+1 ||
			!same(r, entry(int(r.Revision)-1)) || r.Proof != nil {
			t.Fatalf("record %d of the log is %+v, want revision %d of %s", i+1, r, next[r.Stream], order[i])
		}
	}
	if len(all) != len(order) {
		t.Fatalf("scan gives %d records of %d", len(all), len(order))
	}
	for s := range next {
		for _, r := range collect(t, "read", log.Read(ctx, s, 0)) {
			if p := all[r.Position-1]; p.Stream != s || p.Revision != r.Revision {
				t.Fatalf("revision %d of %s says it is at position %d; there is %+v", r.Revision, s, r.Position, p)
			}
		}
	}
}

func scanAfter(t T, log eventlog.AuditLog) {
	n := len(interleave(t, log))
	for after := range n + 3 {
		got := collect(t, "scan", log.Scan(ctx, eventlog.Position(after)))
		if len(got) != max(n-after, 0) {
			t.Fatalf("scan gives %d records after %d of %d", len(got), after, n)
		}
		for i, r := range got {
			if int(r.Position) != after+i+1 {
				t.Fatalf("record %d after position %d has position %d", i+1, after, r.Position)
			}
		}
	}
}

func closed(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 2)
	if err := log.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	is := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, eventlog.ErrClosed) {
			t.Errorf("%s on a closed log: error is %v", what, err)
		}
	}
	last := func(seq iter.Seq2[eventlog.Record, error]) (err error) {
		for _, err = range seq {
		}
		return err
	}
	_, err := log.Append(ctx, "s", 2, entry(2))
	is("append", err)
	_, err = log.Head(ctx, "s")
	is("head", err)
	_, err = log.Streams(ctx)
	is("streams", err)
	_, err = log.ChainAt(ctx, "s", 1)
	is("chain", err)
	is("read", last(log.Read(ctx, "s", 0)))
	is("prove", last(log.Prove(ctx, "s", 0)))
	is("scan", last(log.Scan(ctx, 0)))
	if err := log.Close(); err != nil && !errors.Is(err, eventlog.ErrClosed) {
		t.Errorf("second close: %v", err)
	}
}
