//go:build unix

package projection_test

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used of all cores, the collector's work
// included: on a busy machine it says more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
