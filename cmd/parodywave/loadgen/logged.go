package loadgen

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
)

// eventsAtOnce is the number of records in one request.
const eventsAtOnce = 5000

// A history has the edits in a thread's log.
type history struct {
	head  uint64
	edits map[string]*tally // by client
}

// logged counts the edits in the log.
func logged(ctx context.Context, url, thread string) (history, error) {
	out := history{edits: map[string]*tally{}}
	for after, more := uint64(0), true; more; {
		body, err := get(ctx, url, thread, fmt.Sprintf("events?after=%d&limit=%d", after, eventsAtOnce))
		if err != nil {
			return out, err
		}
		more = false
		for line := range strings.Lines(body) {
			var e struct {
				Revision uint64
				Client   string
				Seq      uint64
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				return out, fmt.Errorf("events of %s: %w", thread, err)
			}
			if e.Revision == 0 {
				continue // a row about an author, or the last row
			}
			after, more, out.head = e.Revision, true, e.Revision
			if e.Seq > 0 {
				count(out.edits, e.Client, e.Seq)
			}
		}
	}
	return out, nil
}

// count counts an edit of a client.
func count(tallies map[string]*tally, client string, seq uint64) {
	y := tallies[client]
	if y == nil {
		y = new(tally)
		tallies[client] = y
	}
	y.add(seq)
}

func get(ctx context.Context, url, thread, what string) (string, error) {
	base, _ := strings.CutSuffix(client.Endpoint(url), "/ws")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http"+strings.TrimPrefix(base, "ws")+"/api/threads/"+thread+"/"+what, nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s", req.URL.Path, resp.Status)
	}
	return string(body), err
}
