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

// A fold folds all of the log, each thread in its order.
type fold struct {
	s       *Server
	state   *snapshot.State
	threads map[eventlog.Stream]*foldedThread
	end     eventlog.Position // 0: not known
	told    time.Time         // when how far it is: once a second
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
	if err := f.fold(f.s.log.AllSegments(ctx)); err != nil {
		return err
	}
	for _, t := range f.threads {
		f.state.Directory.Put(t.Summary())
	}
	return f.state.CatchUp(ctx, f.s.log) // which has the last to say
}

func (f *fold) fold(segments iter.Seq2[eventlog.Segment, error]) error {
	var folder projection.Folder
	records := 0
	for seg, err := range segments {
		if err != nil {
			return err
		}
		t := f.threads[seg.Stream]
		if t != nil { // else another stream, or a thread that has just begun
			err = folder.Fold(t.Thread, &seg)
		}
		if err != nil {
			return err
		}
		if t != nil && len(t.save) > 0 && t.Revision >= t.save[0] {
			for len(t.save) > 0 && t.Revision >= t.save[0] {
				t.save = t.save[1:]
			}
			f.s.cfg.Cache.Save(t.Thread)
		}
		if records += seg.Len(); time.Since(f.told) >= time.Second {
			f.told = time.Now()
			f.s.logger.Info("folding the log", "records", records, "of", f.end)
		}
	}
	return nil
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

// Segments implements eventlog.Segmenter.
func (l *watchedLog) Segments(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return snapshot.Segmented(l.AuditLog).Segments(ctx, stream, after)
}

// AllSegments implements eventlog.Segmenter.
func (l *watchedLog) AllSegments(ctx context.Context) iter.Seq2[eventlog.Segment, error] {
	return snapshot.Segmented(l.AuditLog).AllSegments(ctx)
}
