package projection

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// maxVersionName is how many characters (code points) a version's name has at
// most.
const maxVersionName = 64

// CheckVersionName returns what is wrong with the name of a version: it must
// not be taken for a revision, a time, an option or the end of THREAD@AT.
func CheckVersionName(name string) error {
	digits := strings.TrimFunc(name, unicode.IsDigit) == ""
	_, moment := ParseTime(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxVersionName:
		return fmt.Errorf("the name of a version has %d characters: give it 1 to %d", n, maxVersionName)
	case digits:
		return fmt.Errorf("version %q would be a revision: give it a letter", name)
	case strings.Contains(name, "@"):
		return fmt.Errorf("version %q has an @ in it: leave it out", name)
	case strings.HasPrefix(name, "-"):
		return fmt.Errorf("version %q begins with a dash: leave it out", name)
	case moment:
		return fmt.Errorf("version %q would be a time: give it a word", name)
	}
	return nil
}

// ParseTime reads a moment: RFC 3339 or, in UTC, the beginning of it, from the
// day on.
func ParseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// AtVersion returns the revision of a stream that has a name; of two, as an
// import may have, the one named last. It is 0 where none has it.
func AtVersion(ctx context.Context, log eventlog.Log, stream eventlog.Stream, name string) (eventlog.Revision, error) {
	at := eventlog.Revision(0)
	for r, err := range log.Read(ctx, stream, 0) {
		if err != nil {
			return 0, err
		}
		if r.Kind != "version" {
			continue
		}
		e, err := event.Decode(r)
		if err != nil {
			return 0, err
		}
		if f, ok := e.Payload.(event.Version); ok && f.Name == name {
			at = f.Revision
		}
	}
	return at, nil
}
