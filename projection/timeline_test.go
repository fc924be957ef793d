package projection_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// checkSteps returns what is wrong with steps as those of records.
func checkSteps(t *projection.Timeline, records []eventlog.Record, sizes [][2]int) error {
	next := eventlog.Revision(1)
	for i, s := range t.Steps {
		if s.From != next || s.To < s.From || int(s.To) > len(records) || s.To-s.From >= 100 {
			return fmt.Errorf("step %d, %+v, where revision %d is next", i, s, next)
		}
		next = s.To + 1
		inserted, deleted := 0, 0
		for n := s.From; n <= s.To; n++ {
			r := records[n-1]
			inserted, deleted = inserted+sizes[n-1][0], deleted+sizes[n-1][1]
			if r.Author != t.Authors[s.Author] || n > s.From && r.Time-records[n-2].Time > 2000 {
				return fmt.Errorf("step %d, %+v, holds revision %d", i, s, n)
			}
		}
		if inserted != s.Inserted || deleted != s.Deleted || s.Start != records[s.From-1].Time || s.End != records[s.To-1].Time {
			return fmt.Errorf("step %d is %+v, want +%d -%d", i, s, inserted, deleted)
		}
		if i > 0 { // as few as may be
			last := t.Steps[i-1]
			if last.Author == s.Author && s.Start-last.End <= 2000 && last.To-last.From < 99 {
				return fmt.Errorf("steps %+v and %+v are one", last, s)
			}
		}
	}
	if int(next) != len(records)+1 {
		return fmt.Errorf("steps end before revision %d of %d", next, len(records))
	}
	return nil
}

func TestTimelineHoldsEveryRecordOnce(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, i))
		ctx, log, length := context.Background(), eventlog.NewMemory(), 0
		var records []eventlog.Record
		var sizes [][2]int
		var versions []string
		title := ""
		for n := range 1 + rnd.IntN(400) {
			var f event.Payload
			size := [2]int{}
			switch k := rnd.IntN(30); {
			case n == 0:
				f, title = event.Opened{Title: "one"}, "one"
			case k == 0:
				f, title = event.Renamed{Title: fmt.Sprint(n)}, fmt.Sprint(n)
			case k == 1:
				versions = append(versions, fmt.Sprint("v", n))
				f = event.Version{Revision: eventlog.Revision(n), Name: fmt.Sprint("v", n)}
			default:
				from := rnd.IntN(length + 1)
				to := from + rnd.IntN(min(3, length-from)+1)
				insert := scripts.Units([]string{"", "x", "한글\n", "😀"}[rnd.IntN(4)])
				f = event.Changed{Change: ot.Replace(length, from, to, insert)}
				size = [2]int{len(insert), to - from}
				length += len(insert) - to + from
			}
			r := event.Encode(f)
			if n > 0 {
				r.Author, r.Time = records[n-1].Author, records[n-1].Time+rnd.Int64N(500)
			}
			if rnd.IntN(20) == 0 {
				r.Author, r.Time = scripts.AuthorID([]string{"ana", "ben"}[rnd.IntN(2)]), r.Time+rnd.Int64N(4000)
			}
			records, sizes = append(records, r), append(sizes, size)
		}
		if _, err := log.Append(ctx, scripts.Stream, 0, records...); err != nil {
			t.Fatal(err)
		}
		tl, err := projection.ReplayTimeline(ctx, log, scripts.Stream)
		if err == nil {
			err = checkSteps(tl, records, sizes)
		}
		if err != nil {
			t.Fatalf("history %d of %d records: %v", i, len(records), err)
		}
		var names []string
		for _, v := range tl.Versions {
			names = append(names, v.Name)
		}
		if tl.Title != title || !slices.Equal(names, versions) {
			t.Fatalf("history %d: title %q, versions %q, want %q, %q", i, tl.Title, names, title, versions)
		}
		k := rnd.IntN(len(tl.Steps))
		for name, spoil := range map[string]func(*projection.Step){
			"ends early": func(s *projection.Step) { s.To-- }, "is another's": func(s *projection.Step) { s.Author = 1 - s.Author },
			"has more": func(s *projection.Step) { s.Inserted++ }, "began before": func(s *projection.Step) { s.Start-- },
		} {
			again := *tl
			again.Steps = slices.Clone(tl.Steps)
			again.Authors = append(slices.Clone(tl.Authors), scripts.AuthorID("nobody"), scripts.AuthorID("none"))
			if spoil(&again.Steps[k]); again.Steps[k].Author >= 0 && checkSteps(&again, records, sizes) == nil {
				t.Fatalf("history %d: nothing is wrong when a step %s", i, name)
			}
		}
	}
	if _, err := projection.ReplayTimeline(context.Background(), eventlog.NewMemory(), scripts.Stream); !errors.Is(err, eventlog.ErrNotFound) {
		t.Errorf("a thread that is not: %v", err)
	}
}
