package server

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// prune gives up connection records that are older than they are kept.
func (r *recorder) prune(ctx context.Context) {
	log := r.s.cfg.Log
	if log.Prune == nil || r.s.cfg.KeepConnection <= 0 {
		return
	}
	before := now() - r.s.cfg.KeepConnection.Milliseconds()
	var through eventlog.Revision
	for rec, err := range r.s.log.Read(ctx, eventlog.Connections, 0) {
		if err != nil || rec.Time >= before {
			break
		}
		through = rec.Revision
	}
	if through == 0 {
		return
	}
	chainAt, err := r.s.log.ChainAt(ctx, eventlog.Connections, through)
	if err != nil {
		r.s.logger.Error("cannot prune old connection records", "error", err)
		return
	}
	rec := event.Encode(event.Pruned{Through: through, Head: chainAt})
	head, err := r.s.log.Head(ctx, eventlog.Connections)
	if err == nil {
		rec.Time = head.Stamp(now())
		err = log.Prune(ctx, through, rec)
	}
	if err != nil {
		r.s.logger.Error("cannot prune old connection records", "through", through, "error", err)
		return
	}
	r.s.logger.Info("pruned old connection records", "through", through)
}
