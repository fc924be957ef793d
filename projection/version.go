package projection

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxVersionName is the most characters (code points) in a version's name.
const maxVersionName = 64

// CheckVersionName returns an error if a version may not have a name: Resolve, a
// shell or THREAD@AT could read it as something else.
func CheckVersionName(name string) error {
	digits := strings.TrimFunc(name, unicode.IsDigit) == ""
	_, moment := ParseTime(name, time.Time{})
	switch n := utf8.RuneCountInString(name); {
	case n == 0 || n > maxVersionName:
		return fmt.Errorf("the name of a version has %d characters: use 1 to %d", n, maxVersionName)
	case digits:
		return fmt.Errorf("version %q looks like a revision: add a letter", name)
	case strings.Contains(name, "@"):
		return fmt.Errorf("version %q contains an @: leave it out", name)
	case strings.HasPrefix(name, "-"):
		return fmt.Errorf("version %q begins with a dash: leave it out", name)
	case moment:
		return fmt.Errorf("version %q looks like a time: add a word", name)
	}
	return nil
}
