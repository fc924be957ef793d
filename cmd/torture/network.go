package main

import (
	"context"
	"math/rand/v2"
	"time"

	"parodywave/cmd/torture/crowd"

	"github.com/gorilla/websocket"
)

func init() {
	rows = append(rows, row{
		name: "network", fault: "a bad network: latency, single bytes, little bandwidth, cuts, resets within frames, half-open connections", unit: "connections ended",
		lie: "acknowledges 100 ms early, and is killed in the end", rounds: 10, lacks: nothing, outline: network,
	})
}

// network lets people type through a proxy that slows down and ends their connections.
// Then the network heals: all clients must have all entries, each edit once, and the
// text of the log. A peer that has vanished must be noticed within the time that the
// server's pings need.
func network(ctx context.Context, e *env) (o outcome, err error) {
	r := rand.New(rand.NewPCG(e.seed, 0))
	v, err := e.serve(ackEarly)
	if err == nil {
		err = v.start()
	}
	if err != nil {
		return o, err
	}
	defer v.kill()
	if !e.small && !e.control && e.seed%10 == 1 { // it takes a minute and a half
		if err := o.vanish(ctx, v); err != nil {
			return o, err
		}
	}
	p, err := newProxy(v.address, rand.New(rand.NewPCG(r.Uint64(), 0)))
	if err != nil {
		return o, err
	}
	defer p.close()
	j := crowd.NewJournal()
	size := crowd.Size{Texts: 2, Each: 3, Lines: 1, Mixed: 1, Pause: 30 * time.Millisecond}
	c, err := crowd.Gather(ctx, p.url(), j, r.Uint64(), size)
	if err != nil {
		return o, err
	}
	defer c.Leave()
	for p.ended() < e.size(100, 15) && j.Lost() == 0 && ctx.Err() == nil {
		time.Sleep(20 * time.Millisecond)
	}
	if e.control {
		v.kill()
		o.compare(v.logPath(), j)
	} else {
		p.heal()
		err = o.settle(ctx, e, v, c, j)
	}
	o.tried = p.ended()
	for name, n := range p.counts {
		o.count(name, n)
	}
	o.take(j)
	return o, err
}

// noticed is how long a server may take to notice that a peer has vanished: it pings
// every 30 s, and closes a peer that sends nothing for two intervals.
const noticed = 100 * time.Second

// vanish makes connections that answer nothing, and waits until the server has closed
// them. Nobody else may be connected.
func (o *outcome) vanish(ctx context.Context, v *victim) error {
	before, err := connections(ctx, v)
	if err != nil {
		return err
	}
	const gone = 5
	for range gone {
		x, err := crowd.DialSocket(ctx, v.url())
		if err != nil {
			return err
		}
		defer x.Close() // nobody reads it: no ping is answered
	}
	begin, seen := time.Now(), false
	for {
		now, err := connections(ctx, v)
		switch {
		case err != nil:
			return err
		case now >= before+gone:
			seen = true
		case now <= before && seen:
			o.most("most seconds until a vanished peer was noticed", int(time.Since(begin).Seconds()))
			o.count("vanished peers", gone)
			return nil
		}
		if time.Since(begin) > noticed {
			o.lose("%d of %d vanished peers still count as connected after %v", now-before, gone, noticed)
			return nil
		}
		time.Sleep(time.Second)
	}
}

// connections asks the server, on a new connection, how many it has.
func connections(ctx context.Context, v *victim) (int, error) {
	conn, err := crowd.DialSocket(ctx, v.url())
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"status"}`)); err != nil {
		return 0, err
	}
	for {
		var m struct {
			Type        string
			Connections int
		}
		if err := conn.ReadJSON(&m); err != nil || m.Type == "status" {
			return m.Connections, err
		}
	}
}
