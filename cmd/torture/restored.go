package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

func init() {
	rows = append(rows, row{
		name: "restored", fault: "yesterday's `log.db` under today's `cache.db`, with today's clients", unit: "restored logs", lie: "a client that does not say what it knows",
		rounds: 20, lacks: nothing, outline: restored,
	})
}

// restored puts an older copy of the log back under a client that has seen more, and
// has typed an edit since. Meanwhile a rival has typed nothing, a little, or so much
// that the thread is longer than the client knew it. The client must end with an error,
// its edit must not be in the text, and the server must answer as without a cache.
//
// Both histories insert five letters a record, so that an edit that was made for one
// fits the other. The client of the control joins without the chain value that it
// knows, and sends its edit.
func restored(ctx context.Context, e *env) (o outcome, err error) {
	for _, further := range []int{0, 1 + int(e.seed%5), 40} {
		if e.control && further < 40 {
			continue
		}
		if err := e.restore(ctx, &o, further); err != nil {
			return o, fmt.Errorf("%d edits after the restored log: %w", further, err)
		}
		if err := os.RemoveAll(filepath.Join(e.dir, "data")); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (e *env) restore(ctx context.Context, o *outcome, further int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v, err := e.serve("")
	if err == nil {
		err = v.start()
	}
	if err != nil {
		return err
	}
	defer v.kill()
	ann, err := crowd.Dial(ctx, client.Options{URL: v.url(), User: "Ann", Title: "Restored"})
	if err != nil {
		return err
	}
	defer ann.Close()
	thread := ann.Thread()
	if err := typeWords(ctx, ann, "early", 20); err != nil {
		return err
	}
	if err := v.end(); err != nil {
		return err
	}
	yesterday, err := os.ReadFile(v.logPath())
	if err != nil {
		return err
	}
	if err := v.start(); err != nil {
		return err
	}
	if err := typeWords(ctx, ann, "today", 10); err != nil {
		return err
	}
	known, length := ann.Rev(), len(ann.String())
	o.acked += int(known)
	if err := v.end(); err != nil {
		return err
	}
	o.tried++
	if err := os.WriteFile(v.logPath(), yesterday, 0o600); err != nil {
		return err
	}
	if err := ann.Splice(0, 0, "LATE "); err != nil { // there is no server
		return err
	}
	if err := e.rival(ctx, v.data, thread, further); err != nil {
		return err
	}
	if err := v.start(); err != nil {
		return err
	}
	if e.control {
		err = blind(ctx, v, thread, known, length)
	} else {
		err = ann.Settle(ctx)
		var refusal *client.Refusal
		if !errors.Is(err, client.ErrDiverged) && !errors.As(err, &refusal) {
			o.lose("after %d further edits the client of a lost future ends with %v, and not with an error that says so", further, err)
		}
		err = nil
	}
	text, _, err2 := crowd.TextAt(ctx, v.url(), thread)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if strings.Contains(text, "LATE") || strings.Contains(text, "today") {
		o.lose("after %d further edits an edit of a lost future is in the text: %q", further, text)
	}
	if err := v.end(); err != nil || e.control {
		return err
	}
	if err := e.verify(ctx, o, v.data); err != nil {
		return err
	}
	return o.cacheAgrees(ctx, v.data)
}

// typeWords types n words, each a record of its own.
func typeWords(ctx context.Context, c *client.Client, word string, n int) error {
	for range n {
		if err := c.Splice(0, 0, word); err != nil {
			return err
		}
		if err := c.Settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rival has another author type into the thread, on a server at another address.
func (e *env) rival(ctx context.Context, data, thread string, words int) error {
	if words == 0 {
		return nil
	}
	v, err := e.serveAt(data, "")
	if err == nil {
		err = v.start()
	}
	if err != nil {
		return err
	}
	defer v.kill()
	ben, err := crowd.Dial(ctx, client.Options{URL: v.url(), User: "Ben", Thread: thread})
	if err != nil {
		return err
	}
	defer ben.Close()
	if err := typeWords(ctx, ben, "other", words); err != nil {
		return err
	}
	return v.end()
}

// blind joins as a client does that knows nothing, and then sends an edit of a text of
// the length at a revision.
func blind(ctx context.Context, v *victim, thread string, rev uint64, length int) error {
	conn, err := crowd.DialSocket(ctx, v.url())
	if err != nil {
		return err
	}
	defer conn.Close()
	id := ulid.Make()
	for _, frame := range []string{
		fmt.Sprintf(`{"type":"join","user":"Ann","id":"%s","mode":"text","client":"%s"}`, thread, id),
		fmt.Sprintf(`{"type":"update","client":"%s","seq":1,"rev":%d,"changes":[[[0,"LATE "],%d]]}`, id, rev, length),
	} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
			return err
		}
	}
	for {
		_, b, err := conn.ReadMessage()
		if err != nil || strings.Contains(string(b), "LATE") {
			return err
		}
		if strings.Contains(string(b), `"type":"error"`) {
			return fmt.Errorf("the edit was refused: %s", b)
		}
	}
}

// cacheAgrees checks that a server with the cache of a data directory answers as one
// without.
func (o *outcome) cacheAgrees(ctx context.Context, data string) error {
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		return err
	}
	defer log.Close()
	want, err := answers(ctx, log, "")
	if err != nil {
		return err
	}
	have, err := answers(ctx, log, filepath.Join(data, "cache.db"))
	if err != nil {
		return err
	}
	for i := range want {
		if have[i] != want[i] {
			o.lose("with the cache the server answers\n%s\nand without\n%s", have[i], want[i])
		}
	}
	return nil
}
