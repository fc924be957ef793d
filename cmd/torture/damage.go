package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

func init() {
	rows = append(rows, row{
		name: "damage", fault: "bits flipped; pages zeroed, torn, swapped and overwritten; file cut (`log.db`)", unit: "damages", lie: "reads what bbolt returns, and checks no checksum",
		rounds: 20, lacks: nothing, outline: damage,
	})
}

const pageSize = 4096

// damage damages the file of a log, one damage at a time. Opening the file, reading it
// or verifying it must name the damage, or every record must be as it was.
func damage(ctx context.Context, e *env) (o outcome, err error) {
	data, err := e.sample(ctx, &o, crowd.Size{Texts: 4, Each: 2, Lines: 2, Mixed: 1, Pause: 4 * time.Millisecond}, time.Duration(e.size(1000, 300))*time.Millisecond)
	if err != nil {
		return o, err
	}
	sound, err := os.ReadFile(filepath.Join(data, "log.db"))
	if err != nil {
		return o, err
	}
	examine := named
	if e.control {
		examine = believed
	}
	work, err := os.MkdirTemp(memory(), "torture-damage-")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(work)
	path := filepath.Join(work, "log.db")
	want, _, err := examine(ctx, path, sound)
	if err != nil {
		return o, err
	}
	s := newSpoiler(e.seed, sound, pageSize)
	for range e.states(500, 12) {
		if e.done(ctx, &o) {
			break
		}
		file, what := s.spoil()
		if file == nil {
			continue
		}
		o.tried++
		o.judge(what, want, func() (contents, string, error) { return examine(ctx, path, file) })
		if !e.control && strings.HasPrefix(what, "bit ") {
			if err := o.readable(ctx, path, want); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// sample runs a server twice while clients type, and returns its directory.
func (e *env) sample(ctx context.Context, o *outcome, size crowd.Size, life time.Duration) (data string, err error) {
	v, c, j, err := e.scene(ctx, "", size)
	if err != nil {
		return "", err
	}
	defer v.kill()
	defer c.Leave()
	time.Sleep(life)
	if err := v.end(); err != nil { // seals
		return "", err
	}
	if err := v.start(); err != nil {
		return "", err
	}
	time.Sleep(life / 3)
	c.Leave()
	if err := v.end(); err != nil {
		return "", err
	}
	o.acked += j.Receipts()
	o.compare(v.logPath(), j)
	if j.Lost() > 0 {
		return "", fmt.Errorf("without any fault %d edits are lost: %q", j.Lost(), j.Problems())
	}
	return v.data, nil
}

// A spoiler damages copies of a file, in the pages that are not empty.
type spoiler struct {
	r     *rand.Rand
	sound []byte
	size  int   // of a page: eight sectors
	pages []int // whole pages
}

func newSpoiler(seed uint64, sound []byte, size int) *spoiler {
	s := &spoiler{r: rand.New(rand.NewPCG(seed, 2)), sound: sound, size: size}
	for n := range len(sound) / size {
		if slices.ContainsFunc(sound[n*size:(n+1)*size], func(b byte) bool { return b != 0 }) {
			s.pages = append(s.pages, n)
		}
	}
	return s
}

// page draws a page of file.
func (s *spoiler) page(file []byte) (n int, bytes []byte) {
	n = s.pages[s.r.IntN(len(s.pages))]
	return n, file[n*s.size : (n+1)*s.size]
}

// spoil returns a damaged copy of the file and says how it is damaged. It returns nil
// if the drawn damage changes nothing.
func (s *spoiler) spoil() (file []byte, what string) {
	file = slices.Clone(s.sound)
	n, p := s.page(file)
	switch s.r.IntN(7) {
	case 0, 1:
		at, bit := s.r.IntN(s.size), s.r.IntN(8)
		p[at] ^= 1 << bit
		what = fmt.Sprintf("bit %d of byte %d of page %d flipped", bit, at, n)
	case 2:
		clear(p)
		what = fmt.Sprintf("page %d zeroed", n)
	case 3:
		m, q := s.page(file)
		from := s.size / 8 * (1 + s.r.IntN(7))
		copy(p[from:], q[from:])
		what = fmt.Sprintf("page %d torn, with the end of page %d", n, m)
	case 4:
		m, q := s.page(file)
		old := slices.Clone(p)
		copy(p, q)
		copy(q, old)
		what = fmt.Sprintf("pages %d and %d swapped", n, m)
	case 5:
		b := p[s.size/8*s.r.IntN(8):][:s.size/8]
		for i := range b {
			b[i] = byte(s.r.Uint32())
		}
		what = fmt.Sprintf("a sector of page %d overwritten", n)
	case 6:
		size := n*s.size + s.r.IntN(s.size)
		return file[:size], fmt.Sprintf("cut to %d bytes", size)
	}
	if slices.Equal(file, s.sound) {
		return nil, ""
	}
	return file, what
}

// named opens, reads and verifies a file. It returns the contents, or the step that
// named the damage. The error says that a step crashed.
func named(ctx context.Context, path string, file []byte) (all contents, how string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a crash: %v", r)
		}
	}()
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return nil, "", err
	}
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	var format *eventlog.FormatError
	if errors.Is(err, eventlog.ErrDamaged) || errors.As(err, &format) {
		return nil, "opening", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("opening does not call it damaged: %w", err)
	}
	defer log.Close()
	all, err = readContents(ctx, log)
	if errors.Is(err, eventlog.ErrDamaged) {
		return nil, "reading", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading does not call it damaged: %w", err)
	}
	report, err := boltlog.VerifyFile(ctx, path, boltlog.Options{Packer: event.Packer{}}, nil)
	if errors.Is(err, eventlog.ErrDamaged) || err == nil && !report.OK() {
		return nil, "verify", nil
	}
	return all, "", err
}

// readable counts, after one flipped bit, the threads that a server would serve, those
// that commands can read from the file, and all.
func (o *outcome) readable(ctx context.Context, path string, want contents) error {
	served := contents{}
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err == nil {
		defer log.Close()
		if served, err = readContents(ctx, log); err != nil {
			return err
		}
	}
	s, err := boltlog.OpenSalvage(ctx, path, boltlog.Options{Packer: event.Packer{}})
	if err != nil {
		return err
	}
	defer s.Close()
	for stream, records := range want {
		if !event.IsThread(stream) {
			continue
		}
		o.count("threads after a flipped bit", 1)
		if len(served[stream]) == len(records) {
			o.count("threads after a flipped bit that a server serves", 1)
		}
		whole, n := true, 0
		for p, err := range s.Pieces(ctx, stream) {
			if err != nil {
				return err
			}
			whole, n = whole && p.Damage == nil, n+len(p.Records)
		}
		if whole && n == len(records) {
			o.count("threads after a flipped bit that commands read", 1)
		}
	}
	return nil
}

// judge examines a damaged file: the damage must be named, or the contents must be as
// wanted.
func (o *outcome) judge(what string, want contents, examine func() (contents, string, error)) {
	have, how, err := examine()
	switch {
	case err != nil:
		o.lose("%s: %v", what, err)
	case how != "":
		o.count("named by "+how, 1)
	case have.differ(want) == "":
		o.count("harmless", 1)
	default:
		o.lose("%s: nothing names it, and %s", what, have.differ(want))
	}
}
