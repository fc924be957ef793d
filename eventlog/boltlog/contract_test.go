package boltlog

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/logtest"
)

func TestBoltlogMeetsTheContract(t *testing.T) {
	t.Parallel()
	logtest.Run(t, func(t *testing.T) eventlog.AuditLog {
		return open(t, filepath.Join(t.TempDir(), "log.db"), Options{})
	})
}

// A sealing log seals whatever is appended to it at once.
type sealingLog struct{ *Log }

func (l sealingLog) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	h, err := l.Log.Append(ctx, s, expected, r...)
	if err == nil {
		err = l.Seal(ctx)
		if errors.Is(err, eventlog.ErrClosed) {
			err = nil // the append itself was made
		}
	}
	return h, err
}

func TestSealedLogMeetsTheContract(t *testing.T) {
	t.Parallel()
	logtest.Run(t, func(t *testing.T) eventlog.AuditLog {
		return sealingLog{open(t, filepath.Join(t.TempDir(), "log.db"), Options{NoSync: true, sealAt: smallSizes})}
	})
}
