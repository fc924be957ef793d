package live

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestAClockThatIsBehindIsLoggedOnceAMinute, over all threads, with the number of
// records.
func TestAClockThatIsBehindIsLoggedOnceAMinute(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		var said bytes.Buffer
		l := newLive(t)
		l.hub.logger = slog.New(slog.NewTextHandler(&said, nil))
		rooms := []*room{{hub: l.hub}, {hub: l.hub}}
		for i := range 130 {
			rooms[i%2].Behind(5000)
			time.Sleep(time.Second)
		}
		var records []string
		for line := range strings.Lines(said.String()) {
			_, n, _ := strings.Cut(line, "records=")
			records = append(records, strings.TrimSpace(n))
		}
		if got := strings.Join(records, " "); got != "1 60 60" {
			t.Errorf("it counted %s\n%s", got, said.String())
		}
	})
}
