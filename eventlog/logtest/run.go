package logtest

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"parodywave/eventlog"
)

// T is the part of *testing.T that an obligation needs.
type T interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// A Runner is a T with subtests; *testing.T is one.
type Runner[S any] interface {
	T
	Run(name string, f func(S)) bool
}

// An obligation is one promise of the contract.
type obligation struct {
	name  string
	check func(t T, log eventlog.AuditLog)
}

// Run checks all obligations, each on a new empty log, which is closed at the end of
// the subtest.
func Run[S Runner[S]](t S, open func(S) eventlog.AuditLog) {
	for _, o := range obligations {
		t.Run(o.name, func(t S) {
			log := open(t)
			t.Cleanup(func() { log.Close() })
			o.check(t, log)
		})
	}
}

// Failing returns the names of the obligations that a log does not meet, each with its
// first failure.
func Failing(open func() eventlog.AuditLog) map[string]string {
	failing := map[string]string{}
	for _, o := range obligations {
		r := &recorder{}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				if p := recover(); p != nil {
					r.said = append(r.said, fmt.Sprint("panic: ", p))
				}
			}()
			o.check(r, open())
		}()
		<-done
		for _, f := range r.cleanups {
			f()
		}
		if len(r.said) > 0 {
			failing[o.name] = r.said[0]
		}
	}
	return failing
}

// A recorder is a T that notes failures.
type recorder struct {
	said     []string
	cleanups []func()
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Cleanup(f func())    { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// patience is how long an append may take that nothing should delay.
var patience = 20 * time.Second

var ctx = context.Background()

// entry returns a valid record. All its fields depend on i.
func entry(i int) eventlog.Record {
	r := eventlog.Record{
		Time: 1_700_000_000_000 + int64(i)*10, Author: eventlog.AuthorID{1, 15: byte(i % 3)}, Client: eventlog.ClientID{2, 15: byte(i % 2)},
		Seq: uint64(i/2 + 1), Kind: "changed", Schema: 1 + uint32(i%2), Shape: fmt.Appendf(nil, "[%d,[0,1]]", i),
	}
	if i%4 != 3 {
		r.Text = append([]byte{0, 0, 0, 3}, fmt.Sprintf("%03d", i%1000)...)
	}
	return r
}

func entries(from, n int) []eventlog.Record {
	all := make([]eventlog.Record, n)
	for i := range all {
		all[i] = entry(from + i)
	}
	return all
}

// grow appends n entries to a stream, some at a time.
func grow(t T, log eventlog.Log, s eventlog.Stream, n int, some ...int) eventlog.Head {
	t.Helper()
	head, err := log.Head(ctx, s)
	if err != nil {
		t.Fatalf("head of %s: %v", s, err)
	}
	for i, done := 0, 0; done < n; i++ {
		k := 1
		if len(some) > 0 {
			k = min(some[i%len(some)], n-done)
		}
		head = must(log.Append(ctx, s, head.Revision, entries(int(head.Revision), k)...))(t, "append")
		done += k
	}
	return head
}

func must[V any](v V, err error) func(t T, what string) V {
	return func(t T, what string) V {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		return v
	}
}

// collect reads a sequence to its end.
func collect(t T, what string, seq func(func(eventlog.Record, error) bool)) []eventlog.Record {
	t.Helper()
	var all []eventlog.Record
	for r, err := range seq {
		if err != nil {
			t.Fatalf("%s after %d records: %v", what, len(all), err)
		}
		all = append(all, r)
	}
	return all
}

// same compares the fields of a record that the log must keep.
func same(a, b eventlog.Record) bool {
	return a.Time == b.Time && a.Author == b.Author && a.Client == b.Client && a.Seq == b.Seq && a.Kind == b.Kind &&
		a.Schema == b.Schema && string(a.Shape) == string(b.Shape) && string(a.Text) == string(b.Text)
}
