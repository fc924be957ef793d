package etherpad

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog/ot"
)

// samples returns the directory of exports that Etherpad itself wrote, or skips
// the test.
func samples(t testing.TB) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "etherpad")
	if traces := os.Getenv("PARODYWAVE_TRACES"); traces != "" {
		dir = filepath.Join(filepath.Dir(traces), "etherpad")
	}
	if _, err := os.Stat(filepath.Join(dir, "paper.etherpad")); err != nil {
		t.Skipf("the exports of Etherpad are not there (%v): put them beside what PARODYWAVE_TRACES names", err)
	}
	return dir
}

// textOf applies a pad's revisions one by one.
func textOf(t testing.TB, p *Pad) []uint16 {
	t.Helper()
	var now []uint16
	for i, r := range p.Revisions {
		if r.Change.CutsPair(func(k int) uint16 { return now[k] }) {
			t.Fatalf("revision %d cuts a pair: %s", i, r.Change)
		}
		next, err := r.Change.Apply(now)
		if err != nil {
			t.Fatalf("revision %d: %v", i, err)
		}
		now = next
	}
	return now
}

func TestSamplesGiveTheTextThatEtherpadGives(t *testing.T) {
	dir := samples(t)
	for name, want := range map[string]struct {
		revisions int
		authors   string
	}{
		"minutes": {153, "Alice Ben 소라"},
		"paper":   {3001, "Alice Ben"},
	} {
		b, err := os.ReadFile(filepath.Join(dir, name+".etherpad"))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		p, err := Read(t.Context(), b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Logf("%s: %d revisions read in %v", name, len(p.Revisions), time.Since(start))
		text, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if got := ot.String(textOf(t, p)); got != string(text) {
			t.Errorf("%s: the text is\n%q, want\n%q", name, got, text)
		}
		var names []string
		for _, n := range p.Authors {
			names = append(names, n)
		}
		slices.Sort(names)
		if len(p.Revisions) != want.revisions || strings.Join(names, " ") != want.authors || p.ID != name {
			t.Errorf("%s: pad %s, %d revisions by %v", name, p.ID, len(p.Revisions), names)
		}
		if p.Mended+p.Delayed+p.Others+len(p.Formats) > 0 {
			t.Errorf("%s: mended %d, delayed %d, of others %d, dropped %v", name, p.Mended, p.Delayed, p.Others, p.Formats)
		}
	}
}

// TestChangesetsThatWereAlteredAreFound: in an export of Etherpad's, a revision with
// another byte in its changeset, or one behind it, is broken, and the revisions before it
// are whole; or the byte does not matter to the text: an author's number, or the place of
// text that is gone.
func TestChangesetsThatWereAlteredAreFound(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(samples(t), "minutes.etherpad"))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Read(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, whole)
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	places := bytes.Split(b, []byte(`"changeset":"`))
	refused, tries := 0, 0
	for range 300 {
		k := 1 + rng.IntN(len(places)-1)
		at := rng.IntN(bytes.IndexByte(places[k], '"'))
		was, now := places[k][at], "0123456789z=+-|*:<>$"[rng.IntN(20)]
		if was == now {
			continue
		}
		tries++
		places[k][at] = now
		p, err := Read(t.Context(), bytes.Join(places, []byte(`"changeset":"`)))
		switch {
		case errors.Is(err, ErrNoPad): // half a character
			refused++
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case p.Broken != nil:
			refused++
			for i := range min(k-1, len(p.Revisions)) {
				if p.Revisions[i].Change.String() != whole.Revisions[i].Change.String() {
					t.Fatalf("seed %d: revision %d is another, before the broken one", seed, i)
				}
			}
			if len(p.Revisions) < k-1 || !slices.Equal(p.Text, text) {
				t.Fatalf("seed %d: revision %d with %q for %q at byte %d leaves %d revisions:\n%.60s", seed, k-1, now, was, at, len(p.Revisions), places[k])
			}
		case !slices.Equal(textOf(t, p), text):
			t.Fatalf("seed %d: revision %d with %q for %q at byte %d passes with another text:\n%.60s", seed, k-1, now, was, at, places[k])
		}
		places[k][at] = was
	}
	if refused*10 < tries*7 {
		t.Errorf("seed %d: only %d of %d are refused", seed, refused, tries)
	}
}

// A writer makes exports as the format says, from random edits.
type writer struct {
	rng     *rand.Rand
	raw     []uint16
	entries []string
}

var alphabet = []uint16{'a', 'b', ' ', '\n', '가', 0xd83d, 0xde00, 0xde01, '\r', 0}

// step makes one more revision of one or two edits.
func (w *writer) step(r int) {
	var ops strings.Builder
	var bank, next []uint16
	at := 0
	cuts := []int{w.rng.IntN(len(w.raw) + 1), w.rng.IntN(len(w.raw) + 1), w.rng.IntN(len(w.raw) + 1), w.rng.IntN(len(w.raw) + 1)}
	slices.Sort(cuts)
	for i := 0; i < 4; i += 2 {
		write(&ops, '=', w.raw[at:cuts[i]])
		next = append(next, w.raw[at:cuts[i]]...)
		insert := make([]uint16, w.rng.IntN(4))
		for k := range insert {
			insert[k] = alphabet[w.rng.IntN(len(alphabet))]
		}
		gone := w.raw[cuts[i]:min(cuts[i+1], cuts[i]+3)]
		if w.rng.IntN(2) == 0 {
			write(&ops, '-', gone)
			write(&ops, '+', insert)
		} else {
			write(&ops, '+', insert)
			write(&ops, '-', gone)
		}
		next, bank = append(next, insert...), append(bank, insert...)
		at = cuts[i] + len(gone)
	}
	next = append(next, w.raw[at:]...)
	sign, difference := ">", len(next)-len(w.raw)
	if difference < 0 {
		sign, difference = "<", -difference
	}
	head := "Z:" + strconv.FormatInt(int64(len(w.raw)), 36) + sign + strconv.FormatInt(int64(difference), 36) + ops.String() + "$"
	changeset := append(ascii(head), bank...)
	w.entries = append(w.entries, fmt.Sprintf(`"pad:p:revs:%d":{"changeset":%s,"meta":{"author":"a.%d","timestamp":%d}}`, r, quote(changeset), r%3, 1000+r))
	w.raw = next
}

// write writes operations for a piece, its whole lines first.
func write(b *strings.Builder, code byte, piece []uint16) {
	last := -1
	for i, u := range piece {
		if u == '\n' {
			last = i
		}
	}
	if last >= 0 {
		fmt.Fprintf(b, "|%s%c%s", strconv.FormatInt(int64(breaks(piece)), 36), code, strconv.FormatInt(int64(last+1), 36))
	}
	if rest := len(piece) - last - 1; rest > 0 {
		fmt.Fprintf(b, "%c%s", code, strconv.FormatInt(int64(rest), 36))
	}
}

func ascii(s string) []uint16 {
	var out []uint16
	for i := range len(s) {
		out = append(out, uint16(s[i]))
	}
	return out
}

func quote(text []uint16) string {
	var b strings.Builder
	for _, u := range text {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return `"` + b.String() + `"`
}

func (w *writer) file() []byte {
	attribs := "|" + strconv.FormatInt(int64(max(breaks(w.raw), 1)), 36) + "+" + strconv.FormatInt(int64(len(w.raw)), 36)
	return []byte(fmt.Sprintf(`{"pad:p":{"atext":{"text":%s,"attribs":%q},"pool":{"numToAttrib":{}},"head":%d},%s}`,
		quote(w.raw), attribs, len(w.entries)-1, strings.Join(w.entries, ",")))
}

// TestHalvesOfPairsNeverGetIn: whatever an editor did to surrogate pairs, each
// change can be kept here, and the text is Etherpad's, unit by unit, but for
// what no text may hold.
func TestHalvesOfPairsNeverGetIn(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	mendings := 0
	for round := range uint64(300) {
		w := &writer{rng: rand.New(rand.NewPCG(seed, round)), raw: []uint16{'\n'}}
		for r := range 12 {
			w.step(r)
		}
		p, err := Read(t.Context(), w.file())
		if err != nil {
			t.Fatalf("seed %d round %d: %v\n%s", seed, round, err, w.file())
		}
		got, want := textOf(t, p), slices.Clone(w.raw)
		for i := range want {
			want[i] = mended(w.raw, i)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d round %d: %q, want %q\n%s", seed, round, ot.String(got), ot.String(want), w.file())
		}
		for _, u := range got {
			if u == '\r' || u == 0 {
				t.Fatalf("seed %d round %d: %q", seed, round, ot.String(got))
			}
		}
		mendings += p.Mended
	}
	if mendings < 100 {
		t.Fatalf("only %d revisions had halves: the test shows nothing", mendings)
	}
}

// TestPairsArePartedWithoutMending is the negative control: edits as they are,
// not widened, cut pairs.
func TestPairsArePartedWithoutMending(t *testing.T) {
	cut := 0
	for round := range uint64(100) {
		w := &writer{rng: rand.New(rand.NewPCG(1, round)), raw: []uint16{'\n'}}
		for r := range 12 {
			before := slices.Clone(w.raw)
			w.step(r)
			var entry struct{ Changeset units }
			_, raw, _ := strings.Cut(w.entries[r], `":{`)
			if err := json.Unmarshal([]byte("{"+raw), &entry); err != nil {
				t.Fatal(err)
			}
			cs, err := parseChangeset(entry.Changeset)
			if err != nil {
				t.Fatal(err)
			}
			edits, err := cs.edits(&text{raw: before})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range edits {
				if inPair(before, e.from) || inPair(before, e.to) {
					cut++
				}
			}
		}
	}
	if cut == 0 {
		t.Fatal("no edit cut a pair")
	}
}

func FuzzReadChangeset(f *testing.F) {
	f.Add("Z:1>1*0+1$M", "\n")
	f.Add("Z:5<1|1=3-1$", "ab\nc\n")
	f.Add("Z:2|>", "")
	f.Fuzz(func(t *testing.T, notation, before string) {
		cs, err := parseChangeset(ascii(notation))
		if err != nil {
			return
		}
		x := &text{raw: ascii(before), clean: ascii(before), odd: true}
		edits, err := cs.edits(x)
		if err != nil {
			return
		}
		for i := range x.clean {
			x.clean[i] = mended(x.raw, i)
		}
		if c, _ := x.apply(edits); c.NewLen() != len(x.raw) || len(x.raw) != cs.newLen {
			t.Fatalf("%q on %q: %d units, want %d", notation, before, c.NewLen(), cs.newLen)
		}
	})
}

func string16(u []uint16) string { return ot.String(u) }
