package boltlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// region is a run of live bytes of a file.
type region struct {
	bucket string
	from   int64
	n      int
}

// values returns where the live stored values of a sound file lie.
func values(t *testing.T, path string) []region {
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
	buckets, err := tr.buckets(strict)
	if err != nil {
		t.Fatal(err)
	}
	var all []region
	for name, r := range buckets {
		err := tr.bucket(name, r, func(_, value []byte) error {
			all = append(all, region{name, tr.offset, len(value)})
			return nil
		}, strict)
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// sampleCut is the last revision of connections that sample prunes.
const sampleCut = 7

// sample makes a file with everything in it that a log can hold.
func sample(t *testing.T, n int) string {
	t.Helper()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true, sealAt: smallSizes})
	var records []eventlog.Record
	for i := range 60 {
		records = append(records, changed(i))
		records[i].Proof = &eventlog.Proof{Salt: chain.Salt{byte(i), 7}, Redacted: i%5 == 0, Commitment: chain.Digest{9}}
	}
	if _, err := l.Append(ctx, "imported", 0, records...); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		appendN(t, l, eventlog.Stream(fmt.Sprintf("thread-%d", i%9)), 1)
		if i%20 == 0 {
			appendN(t, l, eventlog.Connections, 1)
		}
		if i == n/4 || i == n/2 {
			if err := l.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	big := changed(1 << 20)
	big.Text = bytes.Repeat([]byte("0123456789abcdef"), 1<<12)
	head, _ := l.Head(ctx, "thread-0")
	if _, err := l.Append(ctx, "thread-0", head.Revision, big); err != nil {
		t.Fatal(err)
	}
	if err := l.Prune(ctx, sampleCut, eventlog.Record{Kind: "pruned", Shape: []byte("7")}); err != nil {
		t.Fatal(err)
	}
	appendN(t, l, "thread-1", 1)
	if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
		t.Fatal(err, r.Err())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// flip changes one bit of a file.
func flip(t *testing.T, path string, bit int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], bit/8); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1 << (bit % 8)
	if _, err := f.WriteAt(b[:], bit/8); err != nil {
		t.Fatal(err)
	}
}

// use opens a file and reads all of it in all ways. It returns the first error.
func use(path string, o Options) error {
	l, err := Open(path, o)
	if err != nil {
		return err
	}
	defer l.Close()
	var errs []error
	heads, _ := l.Streams(ctx)
	for _, h := range heads {
		for _, err := range l.Read(ctx, h.Stream, 0) {
			errs = append(errs, err)
		}
		for _, err := range l.Prove(ctx, h.Stream, 0) {
			errs = append(errs, err)
		}
	}
	for _, err := range l.Scan(ctx, 0) {
		errs = append(errs, err)
	}
	r, err := l.Verify(ctx, nil)
	return errors.Join(append(errs, err, r.Err())...)
}

func TestVerifyAcceptsSoundFile(t *testing.T) {
	path := sample(t, 400)
	for _, o := range []Options{{ReadOnly: true}, {}} {
		if err := use(path, o); err != nil {
			t.Fatal(err)
		}
	}
	r, err := VerifyFile(ctx, path, Options{}, nil)
	if err != nil || !r.OK() || r.Removed != 7 || r.Records != 60+400+20+1+1-7+1 {
		t.Fatal(err, r.Err(), r.Removed, r.Records)
	}
	if err := CheckStructure(path); err != nil {
		t.Fatal(err)
	}
}

// flips is how many bits are flipped, one after the other. After each the log is
// opened and read in all ways.
func flips() int { return seeds.Rounds(300) }

func TestFlippedBitInStoredValueIsFound(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := sample(t, 300)
	sound, _ := os.ReadFile(path)
	regions := map[string][]region{}
	for _, r := range values(t, path) {
		regions[r.bucket] = append(regions[r.bucket], r)
	}
	if len(regions) != 4 {
		t.Fatalf("values in %d buckets", len(regions))
	}
	for i := range flips() {
		of := regions[[]string{bucketTail, bucketTail, bucketBlocks, bucketBlocks, bucketKeys, bucketMeta}[i%6]]
		r := of[rng.IntN(len(of))]
		bit := r.from*8 + rng.Int64N(int64(r.n)*8)
		flip(t, path, bit)
		report, err := VerifyFile(ctx, path, Options{}, nil)
		if err == nil && report.OK() {
			t.Fatalf("seed %d: flipped bit %d, in a value of %s: not reported", seed, bit, r.bucket)
		}
		if (r.bucket == bucketTail || r.bucket == bucketBlocks) && (err != nil || report.Problems[0].Position == 0) {
			t.Fatalf("seed %d: flipped bit %d: reported without its position: %v, %v", seed, bit, err, report.Problems)
		}
		for _, o := range []Options{{ReadOnly: true}, {NoSync: true}} {
			if err := use(path, o); err == nil {
				t.Fatalf("seed %d: flipped bit %d, in a value of %s: open and read without an error", seed, bit, r.bucket)
			}
		}
		flip(t, path, bit)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(sound, after) {
		t.Fatal("a damaged file was changed")
	}
}

// A flip anywhere is an error, or changes nothing that a reader is given.
func TestFlippedBitAnywhereIsNeverBelieved(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := sample(t, 300)
	want := contents(t, path)
	sound, _ := os.ReadFile(path)
	live := values(t, path)
	end := live[0].from
	for _, r := range live {
		end = max(end, r.from+int64(r.n))
	}
	refused, restored := 0, 0
	for i := range flips() {
		var bit int64
		switch i % 4 {
		case 0: // page headers and element tables
			bit = rng.Int64N(end/pageSize+1)*pageSize*8 + rng.Int64N(64*8)
		case 1:
			bit = rng.Int64N(2)*pageSize*8 + rng.Int64N(80*8) // meta pages
		default:
			bit = rng.Int64N(end * 8)
		}
		flip(t, path, bit)
		if err := use(path, Options{ReadOnly: true}); err != nil {
			refused++
			if !errors.Is(err, eventlog.ErrDamaged) {
				t.Fatalf("seed %d: flipped bit %d: %v", seed, bit, err)
			}
		}
		if l, err := Open(path, Options{NoSync: true, NoSeal: true}); err == nil { // nor bring the process down
			restored += len(l.Warnings())
			l.Close()
		}
		if l, err := Open(path, Options{ReadOnly: true}); err == nil { // restored or not
			l.Close()
			if have := contents(t, path); have != want && len(l.Damaged()) == 0 {
				t.Fatalf("seed %d: flipped bit %d: other contents, without an error", seed, bit)
			}
		}
		if err := os.WriteFile(path, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if refused == 0 {
		t.Fatalf("seed %d: nothing was refused", seed)
	}
	t.Logf("seed %d: %d of %d refused, %d meta pages named", seed, refused, flips(), restored)
}

// contents returns all records as text.
func contents(t *testing.T, path string) string {
	t.Helper()
	l, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var b bytes.Buffer
	for r, err := range l.Scan(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		tell(&b, &r)
	}
	return b.String()
}

func TestZeroedAndCutFilesAreErrors(t *testing.T) {
	t.Parallel()
	path := sample(t, 200)
	sound, _ := os.ReadFile(path)
	try := func(what string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{ReadOnly: true}, {NoSync: true}} {
			if err := use(path, o); !errors.Is(err, eventlog.ErrDamaged) {
				t.Fatalf("%s: %v", what, err)
			}
		}
		r, err := VerifyFile(ctx, path, Options{}, nil)
		if err == nil && r.OK() {
			t.Fatalf("%s: verified", what)
		}
	}
	used := values(t, path)
	for page := 2; page*pageSize < len(sound); page++ {
		live := false
		for _, r := range used {
			live = live || int(r.from)/pageSize <= page && page <= int(r.from+int64(r.n)-1)/pageSize
		}
		if live {
			b := bytes.Clone(sound)
			clear(b[page*pageSize : (page+1)*pageSize])
			try(fmt.Sprintf("page %d zeroed", page), b)
		}
	}
	try("empty", nil)
	try("all zeros", make([]byte, len(sound)))
	try("text", bytes.Repeat([]byte("not a log\n"), 5000))
	for _, n := range []int{1, 100, pageSize, 2 * pageSize, 3*pageSize + 1, 5 * pageSize} {
		try(fmt.Sprintf("cut to %d bytes", n), sound[:n])
	}
}

// A fault inside the memory map is an error to the reader, and later reads of
// other places still work.
func TestFileCutUnderOpenLogIsAnErrorNotACrash(t *testing.T) {
	path := sample(t, 400)
	l := open(t, path, Options{ReadOnly: true})
	info, _ := os.Stat(path)
	if err := os.Truncate(path, 4*pageSize); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Truncate(path, info.Size()) })
	var last error
	for _, err := range l.Scan(ctx, 0) {
		last = err
	}
	if !errors.Is(last, eventlog.ErrDamaged) {
		t.Fatalf("scan of a file that is gone: %v", last)
	}
	r, err := l.Verify(ctx, nil)
	if err != nil || r.OK() {
		t.Fatalf("verify of a file that is gone: %v, %v", err, r.Err())
	}
	for _, err := range l.Read(ctx, "thread-3", 0) {
		last = err
	}
	if !errors.Is(last, eventlog.ErrDamaged) {
		t.Fatalf("read of a file that is gone: %v", last)
	}
}

func TestNewerAndOlderFormatsAreRefusedAndLeftAlone(t *testing.T) {
	for _, v := range []uint32{0, version + 1, 77} {
		path := newPath(t)
		open(t, path, Options{}).Close()
		setFormat(t, path, v)
		before, _ := os.ReadFile(path)
		for _, o := range []Options{{}, {ReadOnly: true}} {
			_, err := Open(path, o)
			var f *eventlog.FormatError
			if !errors.As(err, &f) || f.Have != v || f.Want != version || f.Path != path {
				t.Fatalf("format %d: %v", v, err)
			}
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Fatalf("format %d: file was changed", v)
		}
	}
}
