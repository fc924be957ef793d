package boltlog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// salvaged is what Salvage finds in a file: the records of each stream by revision.
func salvaged(path string) (records map[eventlog.Stream]map[eventlog.Revision]string, whole bool, err error) {
	s, err := OpenSalvage(ctx, path, Options{})
	if err != nil {
		return nil, false, err
	}
	defer s.Close()
	records, whole = map[eventlog.Stream]map[eventlog.Revision]string{}, len(s.Damages()) == 0
	for _, name := range s.Streams() {
		of := map[eventlog.Revision]string{}
		records[name] = of
		next := s.Start(name) + 1
		for p, err := range s.Pieces(ctx, name) {
			if err != nil {
				return nil, false, err
			}
			if p.Damage != nil {
				whole = false
			}
			for _, r := range p.Records {
				if r.Revision < next {
					return nil, false, fmt.Errorf("%s: revision %d after %d", name, r.Revision, next-1)
				}
				next = r.Revision + 1
				if p.Proved && (r.Proof.Chain == chain.Digest{}) || r.Proof == nil {
					return nil, false, fmt.Errorf("%s revision %d: no proof", name, r.Revision)
				}
				r.Proof, r.Position = nil, 0
				var b bytes.Buffer
				tell(&b, &r)
				of[r.Revision] = b.String()
			}
		}
	}
	return records, whole, nil
}

// credulous is the wrong twin of salvaged: it believes whatever it can decode.
func credulous(path string) map[eventlog.Stream]map[eventlog.Revision]string {
	s, err := OpenSalvage(ctx, path, Options{})
	if err != nil {
		return nil
	}
	defer s.Close()
	records := map[eventlog.Stream]map[eventlog.Revision]string{}
	for i := range s.values {
		guard("decode", func() error {
			e, err := s.extent(i)
			if err == nil {
				for r, err := range e.all() {
					if err != nil {
						return err
					}
					r.Proof, r.Position = nil, 0
					var b bytes.Buffer
					tell(&b, r)
					if records[r.Stream] == nil {
						records[r.Stream] = map[eventlog.Revision]string{}
					}
					records[r.Stream][r.Revision] = b.String()
				}
			}
			return err
		})
	}
	return records
}

// missing compares what was salvaged with what there was. It returns the number of
// records that are not there, and an error if any is not as it was.
func missing(have, want map[eventlog.Stream]map[eventlog.Revision]string) (n int, err error) {
	for name, records := range want {
		for r, text := range records {
			if h, ok := have[name][r]; !ok {
				n++
			} else if h != text {
				return n, fmt.Errorf("%s revision %d is %s, was %s", name, r, h, text)
			}
		}
	}
	for name, records := range have {
		for r := range records {
			if name == eventlog.Connections && r <= sampleCut {
				continue // a freed page has them, which the damage has put in the place of another
			}
			if _, ok := want[name][r]; !ok {
				return n, fmt.Errorf("%s revision %d was never written", name, r)
			}
		}
	}
	return n, nil
}

// rootPage returns the number of the page that leads to all buckets.
func rootPage(t *testing.T, path string) int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, _ := f.Stat()
	tr, err := openTree(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return int64(tr.root)
}

// The salts of a small log stand in the root page. When that page is destroyed, the salts
// in the root page of an earlier commit prove the records. Without them nothing does.
func TestSalvageFindsSaltsInTheRootPageBefore(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{})
	const commits, size = 12, 1500 // so large that the tail has pages of its own
	for i := range commits {
		if _, err := l.Append(ctx, "s", eventlog.Revision(i), entryOf(size)); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root := rootPage(t, path) * pageSize
	if key := saltKey("s", 0); !bytes.Contains(b[root:root+pageSize], key) {
		t.Fatal("the salts do not stand in the root page: the test proves nothing")
	}
	clear(b[root : root+pageSize])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	have, whole, err := salvaged(path)
	if n := len(have["s"]); err != nil || whole || n < commits {
		t.Errorf("%d of %d records were salvaged, whole %v: %v", n, commits, whole, err)
	}
	s, err := OpenSalvage(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	clear(s.stale)
	for p := range s.Pieces(ctx, "s") {
		if len(p.Records) > 0 {
			t.Error("without stale salts there are records: the test proves nothing")
		}
	}
}

// Whatever happens to the file, Salvage returns records only as they were written,
// names the damage if one is missing, and loses no more than what shares a value or a
// leaf with it.
func TestSalvageReturnsOnlyWhatWasWritten(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := sample(t, 300)
	want, whole, err := salvaged(path)
	if err != nil || !whole {
		t.Fatal("a sound file: ", err, whole)
	}
	r, _ := VerifyFile(ctx, path, Options{}, nil)
	total := 0
	for _, of := range want {
		total += len(of)
	}
	if uint64(total) != r.Records {
		t.Fatalf("salvaged %d of %d records of a sound file", total, r.Records)
	}
	sound, _ := os.ReadFile(path)
	live := values(t, path)
	lost, dead := 0, 0
	for range flips() {
		b := bytes.Clone(sound)
		at := live[rng.IntN(len(live))]
		page := at.from / pageSize
		switch rng.IntN(4) {
		case 0:
			clear(b[page*pageSize : (page+1)*pageSize])
		case 1:
			copy(b[page*pageSize:], sound[rng.IntN(len(sound)/pageSize)*pageSize:][:pageSize])
		case 2:
			b[page*pageSize+rng.Int64N(pageSize)] ^= 1 << rng.IntN(8)
		default:
			b[at.from+rng.Int64N(int64(at.n))] ^= 1 << rng.IntN(8)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		have, whole, err := salvaged(path)
		if err != nil {
			t.Fatalf("seed %d: page %d: %v", seed, page, err)
		}
		n, err := missing(have, want)
		if err != nil {
			t.Fatalf("seed %d: page %d: %v", seed, page, err)
		}
		if n > 0 && whole {
			t.Fatalf("seed %d: page %d: %d records are missing and no damage is named", seed, page, n)
		}
		if n == total {
			dead++
		}
		lost += n
	}
	if lost == 0 || dead > 0 {
		t.Fatalf("seed %d: lost %d records, and all of them %d times", seed, lost, dead)
	}
	t.Logf("seed %d: %d damages cost %d of %d records", seed, flips(), lost, flips()*total)
	for range 1000 {
		b := bytes.Clone(sound)
		at := live[rng.IntN(len(live))]
		b[at.from+rng.Int64N(int64(at.n))] ^= 1 << rng.IntN(8)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := missing(credulous(path), want); err != nil {
			return
		}
	}
	t.Fatalf("seed %d: a reader that believes everything was never wrong", seed)
}
