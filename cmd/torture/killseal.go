package main

import (
	"context"
	"math/rand/v2"
	"time"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "killseal", fault: "`kill -9` while old records are sealed into blocks", unit: "kills", lie: "acknowledges 100 ms early",
		rounds: 20, lacks: nothing, outline: killSeal,
	})
}

// sealAt is how many records of its tail a running server seals into a block.
const sealAt = 1 << 16

// killSeal kills the server while it seals: when it has been asked to stop, and has
// more than a thousand records to seal, and once, in a full round, soon after the tail
// of a running server has become long enough.
func killSeal(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 5))
	v, c, j, err := e.scene(ctx, ackEarly, crowd.Size{Texts: 4, Each: 4, Mixed: 1, Pause: time.Millisecond / 2})
	if err != nil {
		return o, err
	}
	defer v.kill()
	defer c.Leave()
	for range e.size(8, 2) {
		before := j.Receipts()
		if !o.until(ctx, v, "the server accepts no edits", func() bool { return j.Receipts() > before+1500 }) {
			break
		}
		v.ask()
		time.Sleep(time.Duration(r.Int64N(int64(150 * time.Millisecond))))
		if v.running() {
			o.count("kills while it stopped", 1)
		}
		o.again(v, j)
		if e.control && j.Lost() > 0 || o.lost > 0 {
			break
		}
	}
	if !e.small && !e.control && o.lost == 0 && o.long(ctx, v, j) {
		time.Sleep(time.Duration(r.Int64N(int64(time.Second))))
		o.again(v, j)
	}
	if !e.control && o.lost == 0 {
		err = o.settle(ctx, e, v, c, j)
	}
	c.Leave()
	o.take(j)
	return o, err
}

// again kills the server, compares its log with the journal, and starts it again.
func (o *outcome) again(v *victim, j *crowd.Journal) {
	v.kill()
	o.tried++
	o.compare(v.logPath(), j)
	if err := v.start(); err != nil {
		o.lose("%v", err)
	}
}

// long waits until the server has enough records to seal some while it runs.
func (o *outcome) long(ctx context.Context, v *victim, j *crowd.Journal) bool {
	before := j.Receipts()
	for end := time.Now().Add(3 * time.Minute); ctx.Err() == nil && v.running() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if j.Receipts() >= before+sealAt {
			o.count("kills after 65,536 records", 1)
			return true
		}
	}
	return false
}
