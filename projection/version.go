package projection

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxVersionName is how many characters (code points) a version's name has at
// most.
const maxVersionName = 64

// CheckVersionName returns what is wrong with the name of a version: it must
// not be taken for a revision, a time, an option or the end of THREAD@AT.
func CheckVersionName(name string) error {
	digits := strings.TrimFunc(name, unicode.IsDigit) == ""
	_, moment := ParseTime(name, time.Time{})
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
