package main

import (
	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
)

type exportCommand struct {
	Thread string `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment up to which."`
	Format string `enum:"ndjson,text" default:"ndjson" help:"ndjson: every record, in a form that verifies; text: the text."`
}

func (c *exportCommand) Run(a *app) error {
	if c.Format == "text" {
		return (&catCommand{c.Thread}).Run(a)
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	stream, at, err := s.findAt(a, c.Thread)
	if err != nil {
		return err
	}
	_, err = ndjson.Export(a.ctx, a.out, s, stream, at, s.exportName)
	return err
}

func (s *source) exportName(id eventlog.AuthorID) (ndjson.Author, bool) {
	p := s.authors.Author(id)
	return ndjson.Author{ID: id, Name: p.Name, Kind: p.Kind}, s.authors.Known(id)
}
