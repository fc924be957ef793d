package player

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parodywave/eventlog"
)

// Find returns the revision that is named: by its number, by a time, by a
// version's name; an @ may stand before it.
func (r *History) Find(s string, parseTime func(string) (time.Time, bool)) (eventlog.Revision, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "@")
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n == 0 || eventlog.Revision(n) > r.Head() {
			return 0, fmt.Errorf("there is no revision %d: they are 1 to %d", n, r.Head())
		}
		return eventlog.Revision(n), nil
	}
	if t, ok := parseTime(s); ok {
		if at := r.At(t.UnixMilli()); at > 0 {
			return at, nil
		}
		return 0, fmt.Errorf("there was nothing at %s", s)
	}
	if at := r.Version(s); at > 0 && at <= r.Head() {
		return at, nil
	}
	return 0, fmt.Errorf("%q is no revision, no time and no version", s)
}
