// Package crowd is people who type at a server, and a journal of all that the server
// showed them.
//
// A Crowd types in text mode and in line mode, in several threads, and stays when the
// server is killed: its clients connect again and resume. The Journal is outside the
// server. It has every entry that a client received, every receipt, and every thread
// that was opened; Check compares a log with it. The journal believes nothing that the
// server says about itself.
package crowd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/ot"
)

// A Size says how many clients type, and how fast.
type Size struct {
	Texts int           // threads in text mode
	Each  int           // clients in each thread
	Lines int           // threads in line mode; nobody in them alters another's line
	Mixed int           // further threads in text mode, with one more client in line mode
	Pause time.Duration // between two edits of one client, on the average
	Bulk  int           // UTF-16 units of each insertion in text mode; 0: a word
}

// Clients returns how many clients type.
func (s Size) Clients() int { return (s.Texts+s.Lines+s.Mixed)*s.Each + s.Mixed }

func (s Size) pause(r *rand.Rand) time.Duration {
	return time.Duration(r.Int64N(int64(2*s.Pause) + 1))
}

// A Crowd is the clients that type at one server.
type Crowd struct {
	Threads []string // ids

	journal Recorder
	size    Size
	url     string
	ctx     context.Context // of the connections
	hangUp  context.CancelFunc
	typing  context.Context // typing ends with it
	quiet   context.CancelFunc
	begin   chan struct{} // closed: typing begins
	all     sync.WaitGroup
	busy    sync.Map // the clients that type or wait: their descriptions, *string

	texts []*client.Client
	lines []*lineWriter
}

// Gather opens the threads of size at the server at url and begins to type. The
// recorder, a journal or a Console, gets all that the clients receive. Leave ends the connections.
func Gather(ctx context.Context, url string, j Recorder, seed uint64, size Size) (*Crowd, error) {
	w := &Crowd{journal: j, size: size, url: url, begin: make(chan struct{})}
	w.ctx, w.hangUp = context.WithCancel(ctx)
	w.typing, w.quiet = context.WithCancel(w.ctx)
	err := w.open(rand.New(rand.NewPCG(seed, 0)))
	if err != nil {
		w.quiet()
	}
	close(w.begin)
	if err != nil {
		w.Leave()
		return nil, err
	}
	return w, nil
}

func (w *Crowd) open(r *rand.Rand) error {
	random := func() *rand.Rand { return rand.New(rand.NewPCG(r.Uint64(), 0)) }
	names := []string{"Ann", "Ben", "Cleo", "Dora", "Emil"}
	for i := range w.size.Texts + w.size.Mixed + w.size.Lines {
		id := ""
		var err error
		for k := range w.size.Each {
			if i < w.size.Texts+w.size.Mixed {
				id, err = w.text(names[k%len(names)], id, random())
			} else {
				id, err = w.line(names[k%len(names)], id, true, random())
			}
			if err != nil {
				return err
			}
		}
		w.Threads = append(w.Threads, id)
		w.journal.Opened(id)
		if i >= w.size.Texts && i < w.size.Texts+w.size.Mixed {
			if _, err := w.line("Line", id, false, random()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Quiet ends the typing. The connections stay. A client finishes what it writes: it
// waits for the server's answer until ctx is done, and then the error names it.
func (w *Crowd) Quiet(ctx context.Context) error {
	w.quiet()
	quiet := make(chan struct{})
	go func() {
		w.all.Wait()
		close(quiet)
	}()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
	}
	var waiting []string
	w.busy.Range(func(who, _ any) bool {
		waiting = append(waiting, *who.(*string))
		return true
	})
	slices.Sort(waiting)
	return fmt.Errorf("%d clients still wait for the server's answer to what they wrote: %s: %w", len(waiting), strings.Join(waiting, "; "), ctx.Err())
}

// types runs f, the typing of one client, once all clients are there.
func (w *Crowd) types(f func(), who string, args ...any) {
	who = fmt.Sprintf(who, args...)
	w.busy.Store(&who, true)
	w.all.Go(func() {
		defer w.busy.Delete(&who)
		<-w.begin
		f()
	})
}

// Settle ends the typing, waits until all clients have all entries, and compares
// their texts with the server's.
func (w *Crowd) Settle(ctx context.Context) error {
	if err := w.Quiet(ctx); err != nil {
		return err
	}
	for _, x := range w.texts {
		if err := x.Settle(ctx); err != nil {
			return err
		}
	}
	for _, id := range w.Threads {
		text, rev, err := TextAt(ctx, w.url, id)
		if err != nil {
			return err
		}
		for _, x := range w.texts {
			if x.Thread() != id {
				continue
			}
			if err := x.Reach(ctx, rev); err != nil {
				return err
			} else if got := x.String(); got != text {
				w.journal.Broken(fmt.Errorf("thread %s: a client has %q and the server %q", id, got, text))
			}
		}
		for _, l := range w.lines {
			if l.c.Thread() != id {
				continue
			}
			if err := l.check(text); err != nil {
				w.journal.Broken(err)
			}
		}
	}
	return nil
}

// Leave closes all connections. Edits that are under way may be lost or not.
func (w *Crowd) Leave() {
	w.quiet()
	w.hangUp()
	for _, x := range w.texts {
		_ = x.Close()
	}
	for _, x := range w.lines {
		_ = x.c.Close()
	}
	w.all.Wait()
}

// Unanswered returns how many edits of line mode lost their receipt with a
// connection.
func (w *Crowd) Unanswered() int {
	n := 0
	for _, l := range w.lines {
		n += l.lost
	}
	return n
}

// TextAt asks a server for a thread's text and for its head. Nobody may be typing.
func TextAt(ctx context.Context, url, thread string) (text string, rev uint64, err error) {
	body, err := Get(ctx, url+"/api/threads/"+thread)
	if err != nil {
		return "", 0, err
	}
	var row struct{ Revisions uint64 }
	if err := json.Unmarshal([]byte(body), &row); err != nil {
		return "", 0, err
	}
	text, err = Get(ctx, url+"/api/threads/"+thread+"/text")
	return text, row.Revisions, err
}

// Get gets a page of the API.
func Get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := web.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", url, resp.Status, body)
	}
	return string(body), err
}

// web keeps no connections: a kept one would be tried on the next process.
var web = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Minute}

// text starts a client that types in text mode, into a thread or, if thread is "",
// into a new one. It returns the thread's id.
func (w *Crowd) text(user, thread string, r *rand.Rand) (string, error) {
	var id string // of the thread, once it is known
	ready := make(chan struct{})
	c, err := Dial(w.ctx, client.Options{
		URL: w.url, User: user, Thread: thread, Title: "text " + user, PendingMax: 30, PushMax: 20,
		OnUpdate: func(u client.Update) {
			<-ready
			w.journal.Saw(id, u)
		},
	})
	if err != nil {
		return "", err
	}
	id = c.Thread()
	close(ready)
	w.texts = append(w.texts, c)
	w.types(func() {
		for n := 0; w.typing.Err() == nil; n++ {
			if err := c.Edit(func(t *client.Text) ot.Change { return w.edit(r, t, user, n) }); err != nil {
				if w.ctx.Err() == nil {
					w.journal.Broken(err)
				}
				return
			}
			sleep(w.typing, w.size.pause(r))
		}
	}, "%s in text mode in thread %s", user, id)
	return id, nil
}

// edit inserts a word, a character or a break, or deletes a little.
func (w *Crowd) edit(r *rand.Rand, t *client.Text, user string, n int) ot.Change {
	if w.size.Bulk > 0 {
		return bulkEdit(r, t, w.size.Bulk)
	}
	from := r.IntN(t.Len() + 1)
	to := from
	if t.Len() > 2000 || r.IntN(3) == 0 {
		to = min(t.Len(), from+1+r.IntN(12))
	}
	word := ""
	switch k := r.IntN(10); {
	case t.Len() > 2000:
	case k < 5:
		word = fmt.Sprintf("%s%d ", user[:1], n)
	case k < 7:
		word = "\n"
	case k < 8:
		word = "한글"
	case to == from:
		word = "x"
	}
	units, _ := ot.Units(word)
	return ot.Replace(t.Len(), from, to, units)
}

// bulkEdit inserts n random letters, which do not compress, or deletes half the text
// once that is long.
func bulkEdit(r *rand.Rand, t *client.Text, n int) ot.Change {
	if t.Len() > 1<<20 {
		return ot.Replace(t.Len(), 0, t.Len()/2, nil)
	}
	units := make([]uint16, n)
	for i := range units {
		units[i] = uint16(0x4e00 + r.IntN(0x5000))
	}
	at := r.IntN(t.Len() + 1)
	return ot.Replace(t.Len(), at, at, units)
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
