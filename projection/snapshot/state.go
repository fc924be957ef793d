package snapshot

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A State is a server's projections of all streams together.
type State struct {
	Directory   *projection.Directory
	Authors     *projection.Authors
	Connections *projection.Connections

	connections chain.Digest // C of their revision
}

// NewState returns the state of an empty log.
func NewState() *State {
	return &State{
		Directory: projection.NewDirectory(), Authors: projection.NewAuthors(), Connections: projection.NewConnections(),
		connections: chain.Start(string(eventlog.Connections)),
	}
}

// State returns the state that was saved last, nil if there is none. Call CatchUp on
// it before use.
func (c *Cache) State() *State {
	if c == nil {
		return nil
	}
	f, b, err := c.fetch(func(x *index) *frame { return x.state })
	if f == nil {
		return nil
	}
	var s *State
	if err == nil {
		s, err = thawState(b)
	}
	if err != nil {
		c.logger.Warn("the saved state cannot be used: folding the log instead", "path", c.path, "why", err)
		return nil
	}
	return s
}

func (s *State) freeze() []byte {
	var b []byte
	for _, freeze := range []func([]byte) []byte{s.Directory.Freeze, s.Authors.Freeze, s.Connections.Freeze} {
		at := len(b)
		b = freeze(append(b, 0, 0, 0, 0))
		binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	}
	return append(b, s.connections[:]...)
}

func thawState(b []byte) (*State, error) {
	var parts [3][]byte
	for i := range parts {
		if len(b) < 4 || uint64(len(b)-4) < uint64(binary.BigEndian.Uint32(b)) {
			return nil, errors.New("it is truncated")
		}
		n := binary.BigEndian.Uint32(b)
		parts[i], b = b[4:4+n], b[4+n:]
	}
	s := &State{}
	var errs [3]error
	s.Directory, errs[0] = projection.ThawDirectory(parts[0])
	s.Authors, errs[1] = projection.ThawAuthors(parts[1])
	s.Connections, errs[2] = projection.ThawConnections(parts[2])
	if len(b) != len(s.connections) {
		errs[2] = errors.Join(errs[2], errors.New("it has the wrong length"))
	}
	copy(s.connections[:], b)
	return s, errors.Join(errs[:]...)
}

// CatchUp folds the records that the log has got since, threads from their newest
// snapshot on. After an error the state must not be used; the
// error wraps ErrOther if the log never was as s says.
func (s *State) CatchUp(ctx context.Context, src projection.Source) error {
	heads, err := src.Streams(ctx)
	if err != nil {
		return err
	}
	var behind []eventlog.Head
	threads := 0
	for _, h := range heads {
		if !event.IsThread(h.Stream) {
			continue
		}
		threads++
		switch sum, ok := s.Directory.Get(h.Stream); {
		case ok && sum.Revision > h.Revision:
			return fmt.Errorf("thread %s at revision %d, which ends at %d: %w", h.Stream, sum.Revision, h.Revision, ErrOther)
		case !ok || sum.Revision < h.Revision:
			behind = append(behind, h)
		}
	}
	if err := s.refresh(ctx, src, behind); err != nil {
		return err
	}
	if n := s.Directory.Len(); n != threads {
		return fmt.Errorf("%d threads, but %d in the log: %w", n, threads, ErrOther)
	}
	if err := s.foldAuthors(ctx, src); err != nil {
		return err
	}
	return s.foldConnections(ctx, src)
}

// ErrOther says that a state is of another log.
var ErrOther = errors.New("the state is of another log")

// refresh folds the threads of heads and puts them into the directory.
func (s *State) refresh(ctx context.Context, src projection.Source, heads []eventlog.Head) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan eventlog.Stream)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(heads)) {
		all.Go(func() {
			for stream := range todo {
				t, err := projection.Replay(ctx, src, stream, 0)
				if err != nil {
					cancel(err)
					continue
				}
				sum := t.Summary()
				mu.Lock()
				s.Directory.Put(sum)
				mu.Unlock()
			}
		})
	}
	for _, h := range heads {
		select {
		case todo <- h.Stream:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(todo)
	all.Wait()
	return context.Cause(ctx)
}

func (s *State) foldAuthors(ctx context.Context, src projection.Source) error {
	begun := s.Authors.Revision
	for e, err := range event.Decoded(src.Read(ctx, eventlog.Authors, begun)) {
		if err == nil {
			err = s.Authors.Apply(e)
		}
		if err != nil {
			return err
		}
		if _, redacted := e.Payload.(event.Redacted); redacted && begun > 0 { // it changed earlier records
			s.Authors = projection.NewAuthors()
			return s.foldAuthors(ctx, src)
		}
	}
	return nil
}

// connectionsHold reports whether log still has the chain value of the saved
// connections and begins at the record at which they begin. Otherwise records were
// pruned since, or the log is an older copy, and the saved connections do not count.
func (s *State) connectionsHold(ctx context.Context, log eventlog.AuditLog) (bool, error) {
	first := eventlog.Revision(1)
	for r, err := range log.Read(ctx, eventlog.Connections, 0) {
		if err != nil {
			return false, err
		}
		first = r.Revision
		break
	}
	at, err := log.ChainAt(ctx, eventlog.Connections, s.Connections.Revision)
	return err == nil && at == s.connections && s.Connections.Through == first-1, nil
}

// foldConnections continues from the saved connections if they hold.
func (s *State) foldConnections(ctx context.Context, src projection.Source) error {
	hold, err := s.connectionsHold(ctx, src)
	if err != nil {
		return err
	}
	if !hold {
		s.Connections = projection.NewConnections()
	}
	if err := event.Fold(src.Read(ctx, eventlog.Connections, s.Connections.Revision), s.Connections.Apply); err != nil {
		return err
	}
	s.connections, err = src.ChainAt(ctx, eventlog.Connections, s.Connections.Revision)
	return err
}
