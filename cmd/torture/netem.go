package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"

	"parodywave/cmd/torture/crowd"
)

func init() {
	rows = append(rows, row{
		name: "netem", fault: "packets are delayed, lost, reordered and duplicated, in a guest's kernel (netem)", unit: "packets late or sent again",
		lie: "the server's system calls for syncing do nothing, and the power is cut", rounds: 10, lacks: needsNetem, long: true, outline: badPackets,
	})
}

// needsNetem is for rows whose guest has a bad network.
func needsNetem() string {
	if netem() == "" {
		return "the guest's kernel has no module sch_netem: install user-mode-linux"
	}
	return needsGuest()
}

// badPackets lets a guest's crowd type over a bad network and settle: all clients must
// have all entries. The console, which is not of that network, has the journal.
func badPackets(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	p := &powered{e: e, o: &o, r: r, journal: crowd.NewJournal(), fs: "ext4", image: filepath.Join(e.dir, "disk")}
	if err := p.prepare(ctx, disks[0].mkfs); err != nil {
		return o, err
	}
	delay := 2 + r.IntN(e.size(100, 10))
	params := map[string]string{
		"delay": fmt.Sprintf("%dms", delay), "jitter": fmt.Sprintf("%dms", r.IntN(delay)),
		"loss": fmt.Sprint(1 + r.IntN(8)), "reorder": fmt.Sprint(5 + r.IntN(40)), "duplicate": fmt.Sprint(r.IntN(5)),
	}
	if e.control {
		params["unsynced"] = "true"
		err := p.cuts(ctx, params)
		o.take(p.journal)
		return o, err
	}
	defer p.end()
	params["settle"] = fmt.Sprintf("%ds", e.size(60, 5))
	if err := p.boot(ctx, params); err != nil {
		return o, err
	}
	if err := p.until(ctx, "SETTLED", 2*bootTime); err != nil {
		return o, err
	}
	for line := range p.machine.Lines() { // until it has written all and switched off
		p.journal.Hear(line)
	}
	o.tried = p.again + p.early
	o.count("segments sent again", p.again)
	o.count("segments that overtook others", p.early)
	o.most("most milliseconds of delay", delay)
	err = p.mounted(ctx, p.image, func(data string) error {
		o.compare(filepath.Join(data, "log.db"), p.journal)
		return e.verify(ctx, &o, data)
	})
	o.take(p.journal)
	return o, err
}
