package main

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

type threadsCommand struct {
	JSON bool `name:"json" help:"Print one JSON object per line."`
}

func (*threadsCommand) Help() string {
	return `Prints a row for each thread: id, lines, revisions, authors, time of the newest record, title. --json adds who opened the
thread and who changed it last; its times are Unix milliseconds. The last rows are threads that cannot be read: instead
of their lines they have "damaged", and --json says why.

  parodywave threads
  parodywave threads --json | jq -r 'select(.authors > 1).title'
`
}

func (c *threadsCommand) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	list, err := s.list(a)
	if err != nil {
		return err
	}
	damaged, err := s.damagedThreads(a)
	if err != nil {
		return err
	}
	if c.JSON {
		for _, t := range list {
			fmt.Fprintln(a.out, jsonLine(jsonrow.NewThread(&t, s.name)))
		}
		for _, t := range damaged {
			fmt.Fprintln(a.out, jsonLine(t))
		}
		return nil
	}
	tab := table{head: []string{"ID", "LINES", "REVISIONS", "AUTHORS", "LAST ACTIVITY", "TITLE"}, right: "01110"}
	for _, t := range list {
		tab.add(string(t.Stream), fmt.Sprint(t.Lines), fmt.Sprint(t.Revision), fmt.Sprint(t.Authors), stamp(t.UpdatedAt), visible(t.Title))
	}
	for _, t := range damaged {
		tab.add(string(t.ID), "damaged", fmt.Sprint(t.Revisions), "", stamp(t.UpdatedAt), visible(t.Title))
	}
	tab.print(a.out)
	return nil
}

// list returns the summaries of all threads.
func (s *source) list(a *app) ([]projection.Summary, error) {
	heads, err := s.Streams(a.ctx)
	if err != nil {
		return nil, err
	}
	d := projection.NewDirectory()
	for _, h := range heads { // one at a time, to keep only one text in memory
		if !event.IsThread(h.Stream) {
			continue
		}
		t, err := projection.Replay(a.ctx, s.Source, h.Stream, 0)
		if err != nil {
			return nil, err
		}
		d.Put(t.Summary())
	}
	return d.List(), nil
}

// name returns an author's name.
func (s *source) name(id eventlog.AuthorID) string { return s.authors.Author(id).Name }
