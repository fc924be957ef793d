package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

func init() {
	rows = append(rows, row{
		name: "clock", fault: "the guest's clock jumps, back by hours and forward by years, while people type", unit: "jumps",
		lie: "the clock's own times are judged instead of the log's", rounds: 5, lacks: needsGuest, long: true, outline: clock,
	})
}

// clock sets the clock of a guest while its crowd types. Nothing may be lost, and in no
// stream may a record's time be before its predecessor's.
func clock(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	p := &powered{e: e, o: &o, r: r, journal: crowd.NewJournal(), fs: "ext4", image: filepath.Join(e.dir, "disk")}
	if err := p.prepare(ctx, disks[0].mkfs); err != nil {
		return o, err
	}
	var jumps []string
	for range e.size(4, 1) {
		back, years := 1+r.IntN(72), 1+r.IntN(5)
		jumps = append(jumps, fmt.Sprintf("-%dh", back), fmt.Sprintf("%dh", years*365*24))
	}
	defer p.end()
	if err := p.boot(ctx, map[string]string{"jumps": strings.Join(jumps, ",")}); err != nil {
		return o, err
	}
	if err := p.until(ctx, "JUMPED", bootTime); err != nil {
		return o, err
	}
	for line := range p.machine.Lines() { // until it has written all and switched off
		p.journal.Hear(line)
	}
	o.tried = len(jumps)
	if e.control {
		o.descents("the clock", p.clock)
		return o, nil
	}
	err = p.mounted(ctx, p.image, func(data string) error {
		o.compare(filepath.Join(data, "log.db"), p.journal)
		if err := o.times(ctx, filepath.Join(data, "log.db")); err != nil {
			return err
		}
		return e.verify(ctx, &o, data)
	})
	o.take(p.journal)
	return o, err
}

// times looks for records whose time is before their predecessor's.
func (o *outcome) times(ctx context.Context, path string) error {
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true, Timeout: time.Minute})
	if err != nil {
		return err
	}
	defer log.Close()
	times := map[eventlog.Stream][]int64{}
	for r, err := range log.Scan(ctx, 0) {
		if err != nil {
			return err
		}
		times[r.Stream] = append(times[r.Stream], r.Time)
	}
	for stream, all := range times {
		o.count("records with a time", len(all))
		o.descents(string(stream), all)
	}
	return nil
}

func (o *outcome) descents(name string, ms []int64) {
	for i := 1; i < len(ms); i++ {
		if ms[i] < ms[i-1] {
			o.lose("%s: time %d comes after %d", name, ms[i], ms[i-1])
		}
	}
}
