package live

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// pruneOld removes connection events that are older than they are to be kept.
func (l *connectionLog) pruneOld(ctx context.Context) {
	if l.prune == nil || l.keep <= 0 {
		return
	}
	before := l.now().UnixMilli() - l.keep.Milliseconds()
	var through eventlog.Revision
	for rec, err := range l.log.Read(ctx, eventlog.Connections, 0) {
		if err != nil || rec.Time >= before {
			break
		}
		through = rec.Revision
	}
	if through == 0 {
		return
	}
	chainAt, err := l.log.ChainAt(ctx, eventlog.Connections, through)
	if err != nil {
		l.logger.Error("cannot prune old connection records", "error", err)
		return
	}
	rec := event.Encode(event.Pruned{Through: through, Head: chainAt})
	head, err := l.log.Head(ctx, eventlog.Connections)
	if err == nil {
		rec.Time = head.Stamp(l.now().UnixMilli())
		err = l.prune(ctx, through, rec)
	}
	if err != nil {
		l.logger.Error("cannot prune old connection records", "through", through, "error", err)
		return
	}
	l.logger.Info("pruned old connection records", "through", through)
}
