package server

import (
	"context"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// worthSaving is how long it may take to come from what was saved to now before
// that is saved again.
const worthSaving = 100 * time.Millisecond

// rebuilt is the log folded.
type rebuilt struct {
	*snapshot.State
	cached bool // from what was saved on
}

// source returns the log to fold, from what is saved on.
func source(cfg Config) projection.Source {
	if cfg.Cache == nil {
		return projection.NewSource(cfg.Log, cfg.Log.Segments, nil)
	}
	return cfg.Cache.Source()
}

// rebuild folds what the log has since the state was saved or, where that is of
// no use, all of it.
func (s *Server) rebuild(ctx context.Context) (rebuilt, error) {
	if state := s.cfg.Cache.State(); state != nil {
		err := state.CatchUp(ctx, s.log)
		if err == nil {
			return rebuilt{state, true}, nil
		}
		if ctx.Err() != nil {
			return rebuilt{}, err
		}
		s.logger.Warn("what was saved cannot be caught up: folding the whole log", "why", err)
	}
	s.cfg.Cache.Forget()
	state, err := s.foldAll(ctx, time.Now())
	return rebuilt{state, false}, err
}

// foldAll folds the whole log, tells how far it is once a second after it was
// told, and saves on the way what is worth it.
func (s *Server) foldAll(ctx context.Context, told time.Time) (*snapshot.State, error) {
	all, err := projection.ReplayAll(ctx, s.log, projection.ReplayOptions{
		Progress: func(done, of uint64) {
			if time.Since(told) >= time.Second {
				told = time.Now()
				s.logger.Info("folding the log", "records", done, "of", of)
			}
		},
		Stops: func(h eventlog.Head) []eventlog.Revision { return snapshot.Plan(h.Revision) },
		Visit: s.cfg.Cache.Save,
	})
	if err != nil {
		return nil, err
	}
	state := snapshot.NewState()
	state.Directory, state.Authors = all.Directory, all.Authors
	return state, state.CatchUp(ctx, s.log) // with what came meanwhile, and who is connected
}

// directory returns a list of threads of the caller's own.
func (s *Server) directory() *projection.Directory {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.directory.Clone()
}
