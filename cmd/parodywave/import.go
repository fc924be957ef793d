package main

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
	"parodywave/server"
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
		if err := c.check(b); err != nil {
			return err
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

// check refuses an export that does not verify, or whose records make no
// thread. What is wrong is the file, whatever the decoders of logs call it.
func (c *importCommand) check(b []byte) error {
	doc, err := ndjson.Read(bytes.NewReader(b))
	hint := hintOf(err)
	if err == nil {
		err = server.CheckImport(doc)
		hint = "its chain holds, but no server wrote it: export the thread again at its source"
	}
	if err == nil {
		return nil
	}
	what := strings.TrimSuffix(err.Error(), ": "+eventlog.ErrDamaged.Error())
	return damaged(hint, "import %s: the file is refused: %s", c.Path, what)
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
