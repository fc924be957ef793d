package server

import (
	"context"
	"iter"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
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

// cachedLog returns the log with what is saved beside it.
func cachedLog(cfg Config) eventlog.AuditLog {
	if cfg.Cache == nil {
		return cfg.Log
	}
	return cfg.Cache.Log()
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
	f := fold{s: s, state: snapshot.NewState(), threads: map[eventlog.Stream]*foldedThread{}, told: time.Now()}
	err := f.all(ctx)
	return rebuilt{f.state, false}, err
}

// A fold folds all of the log, in log order, with the Apply that live edits go
// through.
type fold struct {
	s       *Server
	state   *snapshot.State
	threads map[eventlog.Stream]*foldedThread
	end     eventlog.Position // 0: not known
	told    time.Time         // how far it is
}

type foldedThread struct {
	*projection.Thread
	save []eventlog.Revision // at which it is worth saving
}

func (f *fold) all(ctx context.Context) error {
	if l, ok := f.s.cfg.Log.(interface {
		End() (eventlog.Position, chain.Digest)
	}); ok {
		f.end, _ = l.End()
	}
	heads, err := f.s.log.Streams(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		if event.IsThread(h.Stream) {
			f.threads[h.Stream] = &foldedThread{projection.NewThread(h.Stream), snapshot.Plan(h.Revision)}
		}
	}
	if err := f.scan(f.s.log.Scan(ctx, 0)); err != nil {
		return err
	}
	for _, t := range f.threads {
		f.state.Directory.Put(t.Summary())
	}
	return f.state.CatchUp(ctx, f.s.log) // which has the last to say
}

func (f *fold) scan(records iter.Seq2[eventlog.Record, error]) error {
	var decoder event.Decoder
	var last *foldedThread
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Position%4096 == 0 {
			f.tell(r.Position)
		}
		if last == nil || last.Stream != r.Stream {
			if last = f.threads[r.Stream]; last == nil {
				continue // another stream, or a thread that has just begun
			}
		}
		e, err := decoder.Decode(&r)
		if err == nil {
			_, err = last.Apply(*e)
		}
		if err != nil {
			return err
		}
		if len(last.save) > 0 && last.Revision >= last.save[0] {
			last.save = last.save[1:]
			f.s.cfg.Cache.Save(last.Thread)
		}
	}
	return nil
}

// tell says how far it is, where that takes more than a second.
func (f *fold) tell(at eventlog.Position) {
	if time.Since(f.told) < time.Second {
		return
	}
	f.told = time.Now()
	f.s.logger.Info("folding the log", "records", at, "of", f.end)
}

// directory returns a list of threads of the caller's own.
func (s *Server) directory() *projection.Directory {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.directory.Clone()
}

// Snapshot implements projection.Snapshotter, where the log it watches does.
func (l *watchedLog) Snapshot(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) *projection.Thread {
	if saved, ok := l.AuditLog.(projection.Snapshotter); ok {
		return saved.Snapshot(ctx, stream, at)
	}
	return nil
}

// Distrust implements projection.Snapshotter.
func (l *watchedLog) Distrust(stream eventlog.Stream) {
	if saved, ok := l.AuditLog.(projection.Snapshotter); ok {
		saved.Distrust(stream)
	}
}
