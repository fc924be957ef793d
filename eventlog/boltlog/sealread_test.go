package boltlog

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

func TestReadersSurviveSealing(t *testing.T) {
	t.Parallel()
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes, Packer: bodies{7}})
	appendN(t, l, "t0", 30)
	appendN(t, l, pruneStream, 100)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for name, f := range map[string]func(s eventlog.Stream, after eventlog.Revision) error{
		"read": func(s eventlog.Stream, after eventlog.Revision) error {
			return dense(l.Read(ctx, s, after), after, s)
		},
		"prove": func(s eventlog.Stream, after eventlog.Revision) error {
			return dense(l.Prove(ctx, s, after), after, s)
		},
		"scan": func(eventlog.Stream, eventlog.Revision) error {
			for _, err := range l.Scan(ctx, 0) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"segments": func(s eventlog.Stream, after eventlog.Revision) error {
			next := after + 1
			for seg, err := range l.Segments(ctx, s, after) {
				if err != nil {
					return err
				}
				if seg.First+eventlog.Revision(seg.Skip) != next && s != pruneStream {
					return fmt.Errorf("segment from %d, skips %d, want %d", seg.First, seg.Skip, next)
				}
				next = seg.Last() + 1
			}
			return nil
		},
		"log chain": func(_ eventlog.Stream, after eventlog.Revision) error {
			_, err := l.LogChainAt(ctx, eventlog.Position(after))
			return err
		},
		"verify": func(eventlog.Stream, eventlog.Revision) error {
			r, err := l.Verify(ctx, nil)
			return errors.Join(err, r.Err())
		},
	} {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				s := []eventlog.Stream{"t0", "t1", pruneStream}[i%3]
				head, _ := l.Head(ctx, s)
				if err := f(s, head.Revision/eventlog.Revision(1+i%4)); err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
			}
		})
	}
	for i := range 2 * seeds.Rounds(200) {
		appendN(t, l, "t0", 3)
		appendN(t, l, "t1", 1+i%3)
		appendN(t, l, pruneStream, 1)
		if i%40 == 39 {
			if err := l.Prune(ctx, eventlog.Revision(i/2), eventlog.Record{Kind: "pruned"}); err != nil {
				t.Error(err)
			}
		}
		if i%15 == 0 {
			if err := l.Seal(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	wg.Wait()
	if len(l.blocks) < 3 {
		t.Errorf("%d blocks", len(l.blocks))
	}
}

func dense(records func(func(eventlog.Record, error) bool), after eventlog.Revision, s eventlog.Stream) error {
	next := after + 1
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Revision != next && s != pruneStream {
			return fmt.Errorf("revision %d, want %d", r.Revision, next)
		}
		next = r.Revision + 1
	}
	return nil
}
