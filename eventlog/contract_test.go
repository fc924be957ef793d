package eventlog_test

import (
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/logtest"
)

func TestMemoryMeetsTheContract(t *testing.T) {
	logtest.Run(t, func(*testing.T) eventlog.AuditLog { return eventlog.NewMemory() })
}
