package projection_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// A typed is a record and what it put in.
type typed struct {
	eventlog.Record
	edit   bool
	insert string
	gone   int
}

// manyTyped makes records by three authors, edits most of them.
func manyTyped(rnd *rand.Rand) (all []typed) {
	length, at := 0, int64(0)
	for n := range 1 + rnd.IntN(300) {
		var f event.Payload
		var d typed
		switch k := rnd.IntN(12); {
		case n == 0:
			f = event.Opened{Title: "T"}
		case k == 0:
			f = event.Renamed{Title: fmt.Sprint("T", n)}
		case k == 1:
			f = event.Version{Revision: eventlog.Revision(1 + rnd.IntN(n)), Name: fmt.Sprint("v", n)}
		default:
			pos := rnd.IntN(length + 1)
			d.edit, d.gone = true, rnd.IntN(min(3, length-pos)+1)
			d.insert = []string{"", "a", "한\n", "😀"}[rnd.IntN(4)]
			units, err := ot.Units(d.insert)
			if err != nil {
				panic(err)
			}
			f = event.Changed{Change: ot.Replace(length, pos, pos+d.gone, units)}
			length += len(units) - d.gone
		}
		at += []int64{0, 100, 5000, 29_000, 31_000}[rnd.IntN(5)]
		d.Record = event.Encode(f)
		d.Author[15], d.Time = byte(1+rnd.IntN(3)), at
		all = append(all, d)
	}
	return all
}

// summed is what an account should say.
type summed struct {
	first, last    eventlog.Revision
	edits          int
	text           string
	inserted, gone int
}

// sumUp tells of records slowly: which belongs to which is asked of each pair.
func sumUp(all []typed, pause int64, keep func(*typed) bool) (out []summed) {
	in := map[int]int{} // account of each record
	for i := range all {
		if !keep(&all[i]) {
			continue
		}
		last := i - 1
		for last >= 0 && (all[last].Author != all[i].Author || !keep(&all[last])) {
			last--
		}
		units, _ := ot.Units(all[i].insert)
		if last >= 0 && all[i].edit && all[last].edit && all[i].Time-all[last].Time <= pause {
			in[i] = in[last]
		} else {
			in[i] = len(out)
			out = append(out, summed{first: eventlog.Revision(i + 1)})
		}
		a := &out[in[i]]
		a.last, a.gone, a.inserted = eventlog.Revision(i+1), a.gone+all[i].gone, a.inserted+len(units)
		if a.text += all[i].insert; all[i].edit {
			a.edits++
		}
	}
	return out
}

// compareAccounts returns in what accounts are not what sumUp says.
func compareAccounts(got []*projection.Account, want []summed) error {
	byFirst := map[eventlog.Revision]summed{}
	for _, w := range want {
		byFirst[w.first] = w
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d accounts, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := byFirst[g.First]
		if g.Revision != w.last || g.Edits != w.edits || g.Inserted != w.inserted || g.Deleted != w.gone || g.Kind == "changed" && string(g.Text) != w.text {
			return fmt.Errorf("account %+v, want %+v", g, w)
		}
		if i > 0 && got[i-1].Revision <= g.Revision {
			return fmt.Errorf("revision %d comes after %d", g.Revision, got[i-1].Revision)
		}
	}
	return nil
}

func TestAccountsHoldEveryEditOnce(t *testing.T) {
	seed, differ := seeds.For(t), 0
	for i := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, i))
		all := manyTyped(rnd)
		log, ctx := eventlog.NewMemory(), context.Background()
		var records []eventlog.Record
		for _, d := range all {
			records = append(records, d.Record)
		}
		if _, err := log.Append(ctx, "t", 0, records...); err != nil {
			t.Fatal(err)
		}
		who := byte(rnd.IntN(4)) // 0: everybody
		keep := func(r *typed) bool { return who == 0 || r.Author[15] == who }
		at := eventlog.Revision(rnd.IntN(len(all) + 1))
		until := all
		if at > 0 {
			until = all[:at]
		}
		q := projection.AccountQuery{At: at, Every: i%5 == 0, Keep: func(e *event.Event) bool { return who == 0 || e.Author[15] == who }}
		got, err := projection.ReplayAccounts(ctx, log, "t", q)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		pause := int64(30_000)
		if q.Every {
			pause = -1
		}
		if err := compareAccounts(got.List, sumUp(until, pause, keep)); err != nil {
			t.Fatalf("case %d, %d records, at %d, author %d: %v", i, len(all), at, who, err)
		}
		// The control: another pause is noticed.
		if compareAccounts(got.List, sumUp(until, 28_000, keep)) != nil {
			differ++
		}
	}
	if differ < 100 {
		t.Errorf("only %d of 200 cases notice a wrong pause", differ)
	}
}

// pageFault compares pages of accounts with all accounts; "" if they agree.
func pageFault(t *testing.T, seed uint64, rounds int) string {
	for i := range uint64(rounds) {
		rnd := rand.New(rand.NewPCG(seed, i))
		all := manyTyped(rnd)
		log, ctx := eventlog.NewMemory(), context.Background()
		var records []eventlog.Record
		for _, d := range all {
			records = append(records, d.Record)
		}
		if _, err := log.Append(ctx, "t", 0, records...); err != nil {
			t.Fatal(err)
		}
		who := byte(rnd.IntN(4)) // 0: everybody
		q := projection.AccountQuery{
			At: eventlog.Revision(rnd.IntN(len(all) + 1)), Every: i%5 == 0,
			Keep: func(e *event.Event) bool { return who == 0 || e.Author[15] == who },
		}
		before, limit := eventlog.Revision(rnd.IntN(len(all)+2)), 1+rnd.IntN(9)
		page, more, err := projection.ReplayAccountPage(ctx, projection.Plain(log), "t", q, before, limit)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		whole, err := projection.ReplayAccounts(ctx, log, "t", q)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		want := whole.List
		if before > 0 {
			want = slices.DeleteFunc(want, func(a *projection.Account) bool { return a.Revision >= before })
		}
		if more != (len(want) > limit) || !reflect.DeepEqual(page, append([]*projection.Account{}, want[:min(limit, len(want))]...)) && len(page)+len(want) > 0 {
			return fmt.Sprintf("case %d: of %d records before %d at %d, limit %d: %d of %d accounts, more %t", i, len(all), before, q.At, limit, len(page), len(want), more)
		}
	}
	return ""
}

// TestAPageOfAccountsIsThatOfAll, however late its fold begins.
func TestAPageOfAccountsIsThatOfAll(t *testing.T) {
	seed := seeds.For(t)
	for _, span := range []eventlog.Revision{1, 5, 40, 4096} {
		undo := projection.PageSpan(span, false)
		if fault := pageFault(t, seed, seeds.Rounds(300)); fault != "" {
			t.Errorf("span %d, %s", span, fault)
		}
		undo()
	}
}

// TestAPageOfCutAccountsIsWrong is the twin: it believes accounts that began before its
// fold.
func TestAPageOfCutAccountsIsWrong(t *testing.T) {
	defer projection.PageSpan(5, true)()
	if pageFault(t, seeds.For(t), 300) == "" {
		t.Error("nothing was wrong")
	}
}

func TestAccountsOfNothingAreRefused(t *testing.T) {
	ctx, log := context.Background(), eventlog.NewMemory()
	if _, err := projection.ReplayAccounts(ctx, log, "t", projection.AccountQuery{}); !errors.Is(err, eventlog.ErrNotFound) {
		t.Error(err)
	}
	if _, err := log.Append(ctx, "t", 0, event.Encode(event.Opened{Title: "T"})); err != nil {
		t.Fatal(err)
	}
	if _, err := projection.ReplayAccounts(ctx, log, "t", projection.AccountQuery{At: 2}); !errors.Is(err, eventlog.ErrNotFound) {
		t.Error(err)
	}
	a, err := projection.ReplayAccounts(ctx, log, "t", projection.AccountQuery{At: 1})
	if err != nil || len(a.List) != 1 || string(a.List[0].Text) != "T" || a.List[0].Edits != 0 {
		t.Error(a, err)
	}
}
