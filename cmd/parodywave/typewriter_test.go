package main

import (
	"math"
	"math/rand/v2"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A typewriter makes the records of a thread, with the times at which people
// type: half of the pauses between two keystrokes are below 140 ms (log-normal),
// one in fifty is of seconds, one in a thousand of minutes. Recorded traces have
// no times of their own. Each author has one client, which numbers its entries.
type typewriter struct {
	r       *rand.Rand
	now     int64
	length  int
	authors []eventlog.AuthorID
	clients []eventlog.ClientID
	seqs    []uint64
}

const typingBegan = 1_760_000_000_000 // Unix milliseconds

func newTypewriter(seed uint64, authors int) *typewriter {
	w := &typewriter{r: rand.New(rand.NewPCG(seed, 0)), now: typingBegan, seqs: make([]uint64, authors)}
	w.now += w.r.Int64N(60_000)
	for range authors {
		var a eventlog.AuthorID
		var c eventlog.ClientID
		for i := range a {
			a[i], c[i] = byte(w.r.Uint32()), byte(w.r.Uint32())
		}
		w.authors, w.clients = append(w.authors, a), append(w.clients, c)
	}
	return w
}

func (w *typewriter) pause() int64 {
	d := math.Exp(math.Log(140) + 0.6*w.r.NormFloat64())
	switch n := w.r.IntN(1000); {
	case n == 0:
		d += 60_000 * (1 + 20*w.r.Float64())
	case n <= 20:
		d += 1000 * (1 + 9*w.r.Float64())
	}
	return int64(d)
}

func (w *typewriter) open(title string) eventlog.Record {
	r := event.Encode(event.Opened{Title: title})
	r.Author, r.Time = w.authors[0], w.now
	return r
}

func (w *typewriter) keystroke(s keystroke) (eventlog.Record, error) {
	insert, err := ot.Units(s.insert)
	if err != nil {
		return eventlog.Record{}, err
	}
	r := event.Encode(event.Changed{Change: ot.Replace(w.length, s.pos, s.pos+s.del, insert)})
	w.length += len(insert) - s.del
	w.now += w.pause()
	w.seqs[s.author]++
	r.Time, r.Author, r.Client, r.Seq = w.now, w.authors[s.author], w.clients[s.author], w.seqs[s.author]
	return r, nil
}
