package main

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"parodywave/eventlog/ndjson"
)

type importCommand struct {
	Path   string `arg:"" name:"file" placeholder:"FILE" help:"File; - is stdin."`
	Format string `placeholder:"ndjson|text" help:"ndjson: an export, which keeps authors, times, revisions and chain; text: a text. By default ndjson if the file begins like one."`
	Title  string `placeholder:"TITLE" help:"Title of a thread made of a text (default: the file's name)."`
	As     string `default:"${user}" placeholder:"NAME" help:"Who imports (default: ${user})."`
}

func (c *importCommand) Run(a *app) error {
	if a.File != "" {
		return usage("say --data DIR", "--file is for reading: nothing is written to a bare copy")
	}
	if c.Format != "" && c.Format != "ndjson" && c.Format != "text" {
		return usage("write --format ndjson for an export or --format text for a text; without it the file tells", "--format %s is none", c.Format)
	}
	if err := checkName(c.As); err != nil {
		return err
	}
	b, err := a.readFile(c.Path)
	if err != nil {
		return err
	}
	format := c.Format
	if format == "" {
		format = "text"
		if bytes.HasPrefix(b, []byte(`{"v":`)) || strings.HasSuffix(c.Path, ".ndjson") {
			format = "ndjson"
		}
	}
	path, query, body := "/import", url.Values{"as": {c.As}}, io.Reader(bytes.NewReader(b))
	if format == "ndjson" {
		if c.Title != "" {
			return usage("leave --title out", "an export has a title")
		}
		// Before the log is touched, and with the reader's own words.
		if _, err := ndjson.Read(bytes.NewReader(b)); err != nil {
			return fmt.Errorf("import %s: %w", c.Path, err)
		}
	} else {
		a.in = body
		text, err := a.readText("-")
		if err != nil {
			return err
		}
		path, body = "/threads", strings.NewReader(text)
		query.Set("title", c.title())
	}
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return err
	}
	w, err := a.writer()
	if err != nil {
		return err
	}
	var answer struct{ ID string }
	err = w.do(a.ctx, "POST", path, query, body, &answer)
	if err := join(err, w.close()); err != nil {
		return fmt.Errorf("import %s: %w", c.Path, err)
	}
	_, err = fmt.Fprintln(a.out, answer.ID)
	return err
}

func (c *importCommand) title() string {
	if c.Title != "" {
		return c.Title
	}
	if c.Path == "-" {
		return "untitled"
	}
	name := filepath.Base(c.Path)
	return strings.TrimSuffix(name, filepath.Ext(name))
}
