package boltlog

import (
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/logtest"
)

func TestBoltlogMeetsTheContract(t *testing.T) {
	logtest.Run(t, func(t *testing.T) eventlog.AuditLog {
		return open(t, filepath.Join(t.TempDir(), "log.db"), Options{})
	})
}
