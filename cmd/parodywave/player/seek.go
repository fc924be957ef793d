package player

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/names"
)

// Find returns the revision that s names: a number, a time or a named version, with
// or without an @ before it.
func (h *History) Find(s string) (eventlog.Revision, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "@")
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		if n == 0 || eventlog.Revision(n) > h.Head() {
			return 0, fmt.Errorf("no revision %d: use 1 to %d", n, h.Head())
		}
		return eventlog.Revision(n), nil
	}
	if t, ok := names.Moment(s, time.Now()); ok {
		if at := h.At(t.UnixMilli()); at > 0 {
			return at, nil
		}
		return 0, fmt.Errorf("the thread did not exist at %s", s)
	}
	if at := h.Version(s); at > 0 && at <= h.Head() {
		return at, nil
	}
	return 0, fmt.Errorf("%q is not a revision, a time or a version", s)
}
