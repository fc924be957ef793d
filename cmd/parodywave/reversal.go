package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection/revert"
	"parodywave/server/jsonrow"

	"github.com/aymanbagabas/go-udiff"
)

// The bounds of an unlimited revert.Query.
const (
	maxRevision eventlog.Revision = 1<<53 - 1
	maxTime     int64             = math.MaxInt64
)

// A reversal is the answer of a running server, or of this command without one.
type reversal jsonrow.Reversal

// reverse undoes edits of a thread, or computes the change if dry is set. The
// process that has the log folds it: a running server, or this command. It closes
// s to open the log for writing, unless dry is set.
func (a *app) reverse(s *source, stream eventlog.Stream, q revert.Query, as string, dry bool) (*reversal, error) {
	if dry && s.control == nil {
		return s.reversal(a, stream, q)
	}
	if dry {
		return s.control.reverse(a, stream, q, url.Values{"dry_run": {"true"}})
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	w, err := a.writer()
	if err != nil {
		return nil, err
	}
	x, err := w.reverse(a, stream, q, url.Values{"as": {as}})
	return x, join(err, w.close())
}

func (c *control) reverse(a *app, stream eventlog.Stream, q revert.Query, query url.Values) (*reversal, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	x := new(reversal)
	return x, c.write(a.ctx, "POST", "/threads/"+string(stream)+"/changes", query, bytes.NewReader(body), x)
}

// reversal computes the answer that a server would give.
func (s *source) reversal(a *app, stream eventlog.Stream, q revert.Query) (*reversal, error) {
	r, err := q.Replay(a.ctx, s, stream, s.name)
	if err != nil {
		return nil, err
	}
	return (*reversal)(jsonrow.NewReversal(r.Plan(), r.Thread())), nil
}

// print prints the change as a unified diff with escaped invisible characters.
func (x *reversal) print(a *app, before, after string) error {
	c, err := ot.Parse([]byte(x.Change))
	if err != nil {
		return fmt.Errorf("apply the change that undoes the edits: %w", err)
	}
	all, err := lineEdits(x.Text, c)
	if err != nil {
		return fmt.Errorf("apply the change that undoes the edits: %w", err)
	}
	d, err := udiff.ToUnifiedDiff(before, after, x.Text, all, udiff.DefaultContextLines)
	if err != nil {
		return err
	}
	for line := range strings.Lines(d.String()) {
		fmt.Fprintln(a.out, visibleLine(strings.TrimSuffix(line, "\n")))
	}
	return nil
}

// lineEdits returns a change as edits of whole lines.
func lineEdits(text string, c ot.Change) ([]udiff.Edit, error) {
	before, err := ot.Units(text)
	if err != nil {
		return nil, err
	}
	after, err := c.Apply(before)
	if err != nil {
		return nil, err
	}
	return udiff.Lines(text, ot.String(after)), nil
}
