package boltlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
)

// toldOf returns what a log tells of one stream.
func toldOf(l *Log, name eventlog.Stream) (string, error) {
	var b bytes.Buffer
	for r, err := range l.Read(ctx, name, 0) {
		if err != nil {
			return "", err
		}
		r.Position = 0
		tell(&b, &r)
	}
	for r, err := range l.Prove(ctx, name, 0) {
		if err != nil {
			return "", err
		}
		fmt.Fprintln(&b, r.Proof.Chain)
	}
	return b.String(), nil
}

// checkIntact checks that the records of a stream before its damage can be read.
func checkIntact(l *Log, d eventlog.DamageError, want string) error {
	var b bytes.Buffer
	last := eventlog.Revision(0)
	for r, err := range l.Intact(ctx, d.Stream) {
		if err != nil {
			return fmt.Errorf("%s: intact: %w", d.Stream, err)
		}
		last, r.Position = r.Revision, 0
		tell(&b, &r)
	}
	until := d.Revision - 1
	if head, _ := l.Head(ctx, d.Stream); d.Position == 0 { // only salts are damaged
		until = head.Revision
	}
	if last != until && until > l.streams[d.Stream].start.through || !strings.HasPrefix(want, b.String()) {
		return fmt.Errorf("%s: intact up to %d of %d", d.Stream, last, until)
	}
	return nil
}

// checkDamaged compares a log with a damaged value with what its streams were. It
// returns how many streams can be read.
func checkDamaged(l *Log, want map[eventlog.Stream]string) (readable int, err error) {
	listed := map[eventlog.Stream]bool{}
	heads, _ := l.Streams(ctx)
	for _, h := range heads {
		listed[h.Stream] = true
		have, err := toldOf(l, h.Stream)
		if err != nil || have != want[h.Stream] {
			return 0, fmt.Errorf("%s is not as it was, but readable: %v", h.Stream, err)
		}
		readable++
	}
	for r, err := range l.Scan(ctx, 0) {
		if err != nil || !listed[r.Stream] {
			return 0, fmt.Errorf("scan: %s, %v", r.Stream, err)
		}
	}
	for s, err := range l.AllSegments(ctx) {
		if err != nil || !listed[s.Stream] {
			return 0, fmt.Errorf("segments: %s, %v", s.Stream, err)
		}
	}
	for _, d := range l.Damaged() {
		if d.Stream == "" {
			continue
		}
		if listed[d.Stream] {
			return 0, fmt.Errorf("%s is damaged and listed", d.Stream)
		}
		listed[d.Stream] = true
		var typed *eventlog.DamageError
		if _, err := toldOf(l, d.Stream); !errors.As(err, &typed) || typed.Stream != d.Stream || typed.Revision == 0 {
			return 0, fmt.Errorf("%s: read gives %v", d.Stream, err)
		}
		if err := checkIntact(l, d, want[d.Stream]); err != nil {
			return 0, err
		}
	}
	for name := range want {
		if !listed[name] {
			return 0, fmt.Errorf("%s is neither listed nor damaged", name)
		}
	}
	if len(l.Damaged()) > 0 != (len(l.Warnings()) > 0) {
		return 0, fmt.Errorf("damage %v, warnings %q", l.Damaged(), l.Warnings())
	}
	return readable, nil
}

// goesOn appends to each stream of a log with a damaged value. Only the damaged ones
// refuse it, and nothing hides the damage.
func goesOn(path string, l *Log, want map[eventlog.Stream]string) error {
	bad := map[eventlog.Stream]bool{} // and "" if only a value is damaged
	for _, d := range l.Damaged() {
		bad[d.Stream] = true
	}
	for name := range want {
		head, _ := l.Head(ctx, name)
		r := changed(int(head.Revision) + 1<<21)
		_, err := l.Append(ctx, name, head.Revision, r)
		if typed := new(eventlog.DamageError); bad[name] != errors.As(err, &typed) || !bad[name] && err != nil {
			return fmt.Errorf("append to %s: %v", name, err)
		}
	}
	if err := l.Seal(ctx); len(bad) > 0 && !errors.Is(err, eventlog.ErrDamaged) {
		return fmt.Errorf("sealed: %v", err)
	}
	if err := l.Prune(ctx, 8, eventlog.Record{Kind: "pruned"}); len(bad) > 0 && !errors.Is(err, eventlog.ErrDamaged) {
		return fmt.Errorf("pruned: %v", err)
	}
	l.Close()
	if _, err := Compact(ctx, path, Options{NoSync: true}, nil); len(bad) > 0 && !errors.Is(err, eventlog.ErrDamaged) {
		return fmt.Errorf("compacted: %v", err)
	}
	if v, err := VerifyFile(ctx, path, Options{}, nil); len(bad) > 0 && (err != nil || v.OK()) {
		return fmt.Errorf("verified: %v", err)
	}
	again, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer again.Close()
	for name := range want {
		have, err := toldOf(again, name)
		if bad[name] != (err != nil) || err == nil && len(have) <= len(want[name]) {
			return fmt.Errorf("reopened, %s: %v", name, err)
		}
	}
	return nil
}

// A flipped bit in a stored value costs the streams whose records it hits, and all
// others stay readable and writable. The twin believes a damaged value without the chain.
func TestDamagedStreamLeavesTheOthersReadableAndWritable(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := sample(t, 300)
	l := open(t, path, Options{ReadOnly: true})
	want := map[eventlog.Stream]string{}
	heads, _ := l.Streams(ctx)
	for _, h := range heads {
		var err error
		if want[h.Stream], err = toldOf(l, h.Stream); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	sound, _ := os.ReadFile(path)
	live := values(t, path)
	refused, spared, readable, wrote, caught := 0, 0, 0, 0, 0
	for i := range flips() {
		at := live[rng.IntN(len(live))]
		b := bytes.Clone(sound)
		b[at.from+rng.Int64N(int64(at.n))] ^= 1 << rng.IntN(8)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path, Options{NoSync: true, NoSeal: true})
		if err != nil {
			if refused++; !errors.Is(err, eventlog.ErrDamaged) {
				t.Fatalf("seed %d, round %d: %v", seed, i, err)
			}
			continue
		}
		if len(l.Damaged()) == 0 {
			t.Fatalf("seed %d, round %d: nothing is damaged", seed, i)
		}
		n, err := checkDamaged(l, want)
		l.Close()
		if twin, err := Open(path, Options{ReadOnly: true, noChain: true}); err == nil {
			if _, err := checkDamaged(twin, want); err != nil {
				caught++
			}
			twin.Close()
		}
		l = open(t, path, Options{NoSync: true, NoSeal: true})
		if err == nil && n > 0 {
			wrote++
			err = goesOn(path, l, want)
		}
		if err != nil {
			t.Fatalf("seed %d, round %d, %s at %d: %v", seed, i, at.bucket, at.from, err)
		}
		l.Close()
		spared, readable = spared+1, readable+n
	}
	if wrote == 0 {
		t.Fatalf("seed %d: all %d were refused", seed, refused)
	}
	if caught == 0 {
		t.Errorf("seed %d: a log that believes damaged values without the chain passes", seed)
	}
	t.Logf("seed %d: of %d flipped bits %d leave %d of %d streams readable; %d refuse the file", seed, flips(), spared, readable, spared*len(want), refused)
}
