package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestReadersAreBroughtWhatAClientIs: the same entries in the same order, over
// cut connections too, and frames that are the same to several are read once.
func TestReadersAreBroughtWhatAClientIs(t *testing.T) {
	url, ctx := serve(t), soon(t)
	var mu sync.Mutex
	got := map[string][]uint64{} // digests, by who got them
	add := func(who string, digest uint64) {
		mu.Lock()
		defer mu.Unlock()
		got[who] = append(got[who], digest)
	}
	ann, err := Dial(ctx, Options{URL: url, User: "Ann", Title: "Read", OnUpdate: func(u Update) { add("ann", u.Digest) }})
	if err != nil {
		t.Fatal(err)
	}
	once := 0
	frames := &Frames{Extra: func(b *Batch) any { once++; return b.Rev }}
	var readers []*Reader
	total := 0
	for i := range 4 {
		r, err := DialReader(ctx, ReaderOptions{URL: url, User: "Reader", Thread: ann.Thread(), Frames: frames, OnBatch: func(b *Batch, _ time.Time) {
			if b.Extra != b.Rev || !b.Dense {
				t.Errorf("batch %+v", b)
			}
			for _, n := range b.Notes {
				add(fmt.Sprint(i), n.Digest)
			}
			mu.Lock()
			defer mu.Unlock()
			total++
		}})
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	for i := range 300 {
		if err := ann.Splice(i, 0, "x"); err != nil {
			t.Fatal(err)
		}
		if i == 100 {
			_ = readers[0].link.conn.NetConn().Close()
		}
		time.Sleep(time.Millisecond)
	}
	for i, r := range readers {
		if err := r.Reach(ctx, 301); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if want := map[bool]int{true: 1}[i == 0]; r.Stats().Resumes != want {
			t.Errorf("reader %d resumed %d times", i, r.Stats().Resumes)
		}
	}
	if err := ann.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := ann.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range readers {
		if !slices.Equal(got[fmt.Sprint(i)], got["ann"]) || len(got["ann"]) != 300 {
			t.Errorf("reader %d was brought %d entries that are not the writer's %d", i, len(got[fmt.Sprint(i)]), len(got["ann"]))
		}
	}
	if once >= total {
		t.Errorf("of %d frames to four readers %d were read: nothing was shared", total, once)
	}
}

// TestReaderNoticesContradictions: what needs no text to be seen.
func TestReaderNoticesContradictions(t *testing.T) {
	entry := func(rev, last int, chain string) string {
		return fmt.Sprintf(`{"type":"update","id":"T","rev":%d,"chain":"%s","updates":[{"rev":%d,"user":"Ben","author":"B","client":"X","seq":1,"at":1,"changes":[[0,"a"]]}]}`, last, chain, rev)
	}
	for name, frames := range map[string][]string{
		"two chains at a revision":       {entry(2, 2, "01"), entry(2, 2, "02")},
		"another revision than the last": {entry(2, 3, "01")},
		"a beacon of another chain":      {entry(2, 2, "01"), `{"type":"beacon","id":"T","rev":2,"length":1,"sha256":"00","chain":"02"}`},
		"a frame without entries":        {`{"type":"update","id":"T","rev":2,"chain":"01","updates":[]}`},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			r, err := DialReader(soon(t), ReaderOptions{URL: liar(t, frames...), User: "Ann", Thread: "T"})
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Reach(soon(t), 99); !errors.Is(err, ErrDiverged) {
				t.Errorf("the reader went on: %v", err)
			}
			if err := r.Close(); !errors.Is(err, ErrDiverged) {
				t.Errorf("closed with %v", err)
			}
		})
	}
	r, err := DialReader(soon(t), ReaderOptions{URL: liar(t, entry(2, 2, "01"), `{"type":"beacon","id":"T","rev":2,"length":1,"sha256":"00","chain":"01"}`, entry(5, 5, "05")), User: "Ann", Thread: "T"})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Reach(soon(t), 5); err != nil {
		t.Errorf("what is missing is for others to judge: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}
