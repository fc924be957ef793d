package pool

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"parodywave/server/internal/wire"
)

// TestEqualWorkIsDoneOnce has ten callers ask for one thing and one for another.
func TestEqualWorkIsDoneOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sized(2, 4)
		defer p.Close()
		open, begun := make(chan struct{}), 0
		results := make(chan int, 11)
		for range 10 {
			go func() {
				v, err := Do(t.Context(), p, "equal", func(context.Context) (int, error) {
					begun++
					<-open
					return 7, nil
				})
				if err != nil {
					t.Error(err)
				}
				results <- v
			}()
		}
		synctest.Wait()
		close(open)
		for range 10 {
			if v := <-results; v != 7 {
				t.Errorf("a caller got %d", v)
			}
		}
		if begun != 1 {
			t.Errorf("the work was done %d times", begun)
		}
		if v, err := Do(t.Context(), p, "equal", func(context.Context) (int, error) { return 8, nil }); v != 8 || err != nil {
			t.Errorf("work that has ended is shared: %d, %v", v, err)
		}
	})
}

// TestWorkIsRefusedBeforeItPilesUp has one worker, and room for two who wait.
func TestWorkIsRefusedBeforeItPilesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sized(1, 2)
		defer p.Close()
		open, done := make(chan struct{}), make(chan error)
		running, most := 0, 0
		work := func(context.Context) (bool, error) {
			running++
			most = max(most, running)
			<-open
			running--
			return true, nil
		}
		for range 3 {
			go func() {
				_, err := Do(t.Context(), p, "", work)
				done <- err
			}()
		}
		synctest.Wait()
		if _, err := Do(t.Context(), p, "", work); !errors.Is(err, &wire.Error{Code: wire.Unavailable}) {
			t.Errorf("the fourth got %v", err)
		}
		close(open)
		for range 3 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most != 1 {
			t.Errorf("%d workers of one", most)
		}
	})
}

// TestWorkEndsWhenNobodyWaitsForIt: two callers leave one after the other.
func TestWorkEndsWhenNobodyWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sized(1, 2)
		defer p.Close()
		ended := false
		work := func(ctx context.Context) (bool, error) {
			<-ctx.Done()
			ended = true
			return false, ctx.Err()
		}
		var leave [2]context.CancelFunc
		for i := range leave {
			ctx, cancel := context.WithCancel(t.Context())
			leave[i] = cancel
			go func() { _, _ = Do(ctx, p, "long", work) }()
		}
		synctest.Wait()
		leave[0]()
		synctest.Wait()
		if ended {
			t.Fatal("the work ended with the first caller")
		}
		leave[1]()
		synctest.Wait()
		if !ended {
			t.Fatal("the work goes on for nobody")
		}
	})
}

// TestCloseEndsAllWork: what runs, what waits and what comes later is refused.
func TestCloseEndsAllWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := sized(1, 2)
		got := make(chan error)
		work := func(ctx context.Context) (bool, error) {
			<-ctx.Done()
			return false, ctx.Err()
		}
		for range 2 {
			go func() {
				_, err := Do(t.Context(), p, "", work)
				got <- err
			}()
		}
		synctest.Wait()
		p.Close()
		for range 2 {
			if err := <-got; err != errStopped {
				t.Errorf("got %v", err)
			}
		}
		if _, err := Do(t.Context(), p, "", work); err != errStopped {
			t.Errorf("got %v after the end", err)
		}
	})
}
