package projection_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A frost is a history whose thread is frozen and thawed once.
type frost struct {
	seed uint64
	at   int // the revision
	s    script
}

func (f frost) String() string { return fmt.Sprintf("seed %d, frozen at %d:\n%v", f.seed, f.at, f.s) }

// dress gives an event what scripts leave out.
func dress(draw scripts.Source, e *event.Event) {
	switch draw(20) {
	case 0:
		e.Payload = event.Imported{Revisions: eventlog.Revision(draw(100)), Head: chain.Digest{byte(draw(256))}}
	case 1:
		e.Payload = event.Version{Revision: 1, Name: string(rune('a' + draw(26)))}
	}
	if draw(5) > 0 {
		e.Client = eventlog.ClientID{e.Author[0], byte(draw(3))}
		e.Seq = uint64(draw(4)) * uint64(e.Revision) // not always numbered
	}
	if e.Revision == 1 && draw(2) == 0 {
		e.Payload = event.Opened{Title: "a title"}
	}
	e.Time += int64(draw(700)) - 350
}

// play applies a history to a thread and, from a revision on, to what was
// frozen and thawed of it, spoiled if that is not nil. It returns the first
// difference.
func (f *frost) play(steps int, spoil func(*projection.Thread)) error {
	draw := scripts.Seeded(f.seed)
	live := projection.NewThread(scripts.Stream)
	var thawed *projection.Thread
	var ever []projection.LineID
	f.at, f.s = draw(steps+1), nil
	for n := 1; ; n++ {
		if n == f.at+1 {
			b := live.Freeze(nil)
			var err error
			if thawed, err = projection.Thaw(b); err != nil {
				return err
			}
			if spoil != nil {
				spoil(thawed)
			}
			if err := sameThread(live, thawed, ever); err != nil {
				return fmt.Errorf("thawed: %w", err)
			}
		}
		if n > steps {
			return nil
		}
		f.s = append(f.s, scripts.NextLine(draw, live.Units(0, live.Len()), live.Written))
		e, err := scripts.Event(n, f.s[n-1], live.Units(0, live.Len()))
		if err != nil {
			return err
		}
		dress(draw, &e)
		want, err := live.Apply(e)
		if err != nil {
			return err
		}
		effect := projection.Effect{Touched: slices.Clone(want.Touched), Hunks: want.Hunks, Moves: want.Moves}
		for row := range live.Rows() {
			ever = append(ever, row.ID)
		}
		if n <= f.at {
			continue
		}
		got, err := thawed.Apply(e)
		if err != nil {
			return err
		}
		if !slices.Equal(got.Touched, effect.Touched) || !reflect.DeepEqual(got.Hunks, effect.Hunks) || !reflect.DeepEqual(got.Moves, effect.Moves) {
			return fmt.Errorf("revision %d has the effect %+v, want %+v", n, *got, effect)
		}
		if err := sameThread(live, thawed, ever); err != nil {
			return fmt.Errorf("at revision %d: %w", n, err)
		}
	}
}

// sameThread compares all that can be asked of two threads.
func sameThread(want, got *projection.Thread, ever []projection.LineID) error {
	a, b := tell(want), tell(got)
	if a.text != b.text || !slices.Equal(a.rows, b.rows) || !slices.Equal(a.spans, b.spans) {
		return fmt.Errorf("tells\n%+v, want\n%+v", b, a)
	}
	if want.Summary() != got.Summary() {
		return fmt.Errorf("summary %+v, want %+v", got.Summary(), want.Summary())
	}
	if x, y := exported(want), exported(got); !maps.Equal(x, y) {
		return fmt.Errorf("fields %v, want %v", y, x)
	}
	if !slices.Equal(want.Authors(), got.Authors()) {
		return fmt.Errorf("authors %v, want %v", got.Authors(), want.Authors())
	}
	for _, name := range []string{"ana", "ben", "cem"} {
		for k := range byte(3) {
			id := eventlog.ClientID{name[0], k}
			c, ok := want.Client(id)
			if d, known := got.Client(id); c != d || ok != known {
				return fmt.Errorf("client %x is %v %t, want %v %t", id, d, known, c, ok)
			}
		}
	}
	for _, id := range ever {
		if want.Resolve(id) != got.Resolve(id) {
			return fmt.Errorf("line %v lives on in %v, want %v", id, got.Resolve(id), want.Resolve(id))
		}
	}
	if !bytes.Equal(want.Freeze(nil), got.Freeze(nil)) {
		return errors.New("frozen, it differs")
	}
	return nil
}

// exported returns the exported fields as they print.
func exported(t *projection.Thread) map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(t).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			out[f.Name] = fmt.Sprint(v.Field(i).Interface())
		}
	}
	return out
}

// Law 5 with a snapshot between: a thawed thread is the one that was frozen, and
// stays so.
func TestThawedThreadIsAsFolded(t *testing.T) {
	seed, n := seeds.For(t), seeds.Rounds(1000)
	for i := range n {
		f := frost{seed: seed<<16 + uint64(i)}
		if err := f.play(20, nil); err != nil {
			t.Fatalf("%v\n%v", err, f)
		}
	}
}

// The comparison has teeth: whatever gets lost in the ice is missed.
func TestComparisonFindsWhatThawingLoses(t *testing.T) {
	seed := seeds.For(t)
	for name, spoil := range projection.FreezeFaults {
		t.Run(name, func(t *testing.T) {
			for i := range 5000 {
				f := frost{seed: seed<<16 + uint64(i)}
				if err := f.play(20, spoil); err != nil {
					t.Logf("found out by history %d: %.200v", i, err)
					return
				}
			}
			t.Fatal("5000 histories do not miss it")
		})
	}
}

// TestFreezeKnowsEveryField: who gives a thread another field must say whether
// it is frozen.
func TestFreezeKnowsEveryField(t *testing.T) {
	known := map[string][]string{
		"Thread": {
			"Stream", "Revision", "Title", "OpenedBy", "OpenedAt", "UpdatedAt", "UpdatedBy", "Written", "Imports", "Versions",
			"Redactions", "Inserted", "Deleted", "text", "lines", "patches", "stretch", "recent", "aliases", "authors", "numbers", "clients",
			// Fields that do not outlast an Apply, or only make the next one faster.
			"lastNumber", "lastClient", "last", "effect", "scratch", "net", "typing",
			// For tests only.
			"byKeystroke",
		},
		"Client":      {"Author", "Seq"},
		"Import":      {"Imported", "Revision", "Author", "Time"},
		"Imported":    {"Revisions", "Head", "Digest"},
		"Version":     {"Name", "Of", "Revision", "Author", "Time"},
		"Summary":     {"Stream", "Title", "OpenedBy", "OpenedAt", "UpdatedBy", "UpdatedAt", "Lines", "Revision", "Authors", "Last"},
		"Directory":   {"threads"},
		"Authors":     {"Revision", "byID", "byName"},
		"Author":      {"ID", "Name", "Kind"},
		"Connections": {"Revision", "Through", "Runs", "Visits", "Peak", "open"},
		"Connection":  {"ID", "Place", "Since", "Author", "Thread"},
	}
	for _, v := range []any{
		projection.Thread{}, projection.Client{}, projection.Import{}, event.Imported{}, projection.Version{}, projection.Summary{},
		projection.Directory{}, projection.Authors{}, projection.Author{}, projection.Connections{}, projection.Connection{},
	} {
		var have []string
		typ := reflect.TypeOf(v)
		for i := range typ.NumField() {
			have = append(have, typ.Field(i).Name)
		}
		slices.Sort(have)
		if want := slices.Sorted(slices.Values(known[typ.Name()])); !slices.Equal(have, want) {
			t.Errorf("%v has the fields %v, known are %v", typ, have, want)
		}
	}
}
