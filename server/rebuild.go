package server

import (
	"context"
	"log/slog"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// worthSaving is how long a start may take with a saved state before the state is
// saved again.
const worthSaving = 100 * time.Millisecond

// A rebuilt state is the log folded.
type rebuilt struct {
	*snapshot.State
	cached bool // it was saved, and caught up with the log
}

// source returns the log to fold, with the snapshots saved beside it.
func source(cfg Config) projection.Source {
	if cfg.Cache == nil {
		return projection.NewSource(cfg.Log, cfg.Log.Segments, nil)
	}
	return cfg.Cache.Source()
}

// rebuild folds the records since the state was saved or, if the saved state is
// of no use, the whole log.
func rebuild(ctx context.Context, log projection.Source, cache *snapshot.Cache, logger *slog.Logger) (rebuilt, error) {
	if state := cache.State(); state != nil {
		err := state.CatchUp(ctx, log)
		if err == nil {
			return rebuilt{state, true}, nil
		}
		if ctx.Err() != nil {
			return rebuilt{}, err
		}
		logger.Warn("the saved state cannot be caught up: folding the whole log", "why", err)
	}
	cache.Forget()
	state, err := foldAll(ctx, log, cache, logger, time.Now())
	return rebuilt{state, false}, err
}

// foldAll folds the whole log and saves snapshots on the way. It logs its progress
// once a second, first a second after logged.
func foldAll(ctx context.Context, log projection.Source, cache *snapshot.Cache, logger *slog.Logger, logged time.Time) (*snapshot.State, error) {
	all, err := projection.ReplayAll(ctx, log, projection.ReplayOptions{
		Progress: func(done, of uint64) {
			if time.Since(logged) >= time.Second {
				logged = time.Now()
				logger.Info("folding the log", "records", done, "of", of)
			}
		},
		Stops: func(h eventlog.Head) []eventlog.Revision { return snapshot.Plan(h.Revision) },
		Visit: cache.Save,
	})
	if err != nil {
		return nil, err
	}
	state := snapshot.NewState()
	state.Directory, state.Authors = all.Directory, all.Authors
	return state, state.CatchUp(ctx, log) // with records appended meanwhile, and the connections
}
