package main

import (
	"errors"
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

// damagedThreads returns the threads that the log cannot read, of a running server as
// it says. A server of an earlier release has none.
func (s *source) damagedThreads(a *app) (rows []jsonrow.Thread, err error) {
	if s.control != nil {
		err := s.control.do(a.ctx, "GET", "/damaged", nil, nil, &rows)
		if refused := new(controlError); errors.As(err, &refused) && refused.Status == 404 {
			err = nil
		}
		for i := range rows {
			rows[i].Connections, rows[i].Here, rows[i].Typing, rows[i].Last, rows[i].Rev = nil, nil, nil, nil, 0
		}
		return rows, err
	}
	all, err := projection.DamagedThreads(a.ctx, s, s.damages)
	for _, d := range all {
		row := jsonrow.NewThread(&d.Summary, s.name)
		row.Damaged = d.Why.Error()
		rows = append(rows, row)
	}
	return rows, err
}

// findReadable is pick among all threads. If arg names a damaged one, the error says so.
func (s *source) findReadable(a *app, arg string, threads []eventlog.Stream, titles map[eventlog.Stream]string) (eventlog.Stream, error) {
	rows, err := s.damagedThreads(a)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		threads = append(threads, row.ID)
		titles[row.ID] = row.Title
	}
	stream, err := pick(arg, threads, titles)
	if i := slices.IndexFunc(rows, func(row jsonrow.Thread) bool { return row.ID == stream }); err == nil && i >= 0 {
		return "", damaged(salvageHint, "thread %s is damaged: %s", stream, rows[i].Damaged)
	}
	return stream, err
}

const salvageHint = "parodywave export --salvage THREAD writes what can still be read of it; parodywave doctor says what to do"
