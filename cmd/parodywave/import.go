package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"parodywave/cmd/parodywave/etherpad"
	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
	"parodywave/server/intake"
	"parodywave/server/jsonrow"

	"golang.org/x/text/unicode/norm"
)

type importCommand struct {
	Path   string  `arg:"" name:"file" placeholder:"FILE" help:"File; - is stdin."`
	Format string  `placeholder:"ndjson|etherpad|text" help:"ndjson: an export with its authors, times, revisions and chain; etherpad: a pad with its history; text: a text file. By default it is detected from the file."`
	Title  *string `placeholder:"TITLE" help:"Title of the thread (default: the file's name, or the pad's)."`
	CRLF   bool    `name:"crlf" help:"Convert the line ends of a text file from CR LF (Windows) to LF."`
	As     string  `default:"${user}" placeholder:"NAME" help:"Name of the author of the import (default: ${user})."`
}

// Help returns the text below the usage.
func (*importCommand) Help() string {
	return `Creates a thread from a file, completely or not at all, and prints the thread's id.

  ndjson     a file written by export. It is verified, and keeps revisions, authors, times, ids and chain. Records of
             the future get the time of the import, and another chain
  etherpad   a file exported by Etherpad as .etherpad: every revision with its author and time, so that blame, log and
             replay work. Formatting, chat and comments are dropped and counted. Revision N of the pad becomes revision
             N+2 of the thread, plus one for each saved revision before it. If a revision is broken or missing, the
             pad's text follows the revisions before it as one change by the author of the import
  text       a text file, as one change; a byte order mark at its beginning is dropped

  parodywave import minutes.ndjson
  parodywave import minutes.etherpad --title Minutes
  parodywave import notes.txt --crlf --as 소라
`
}

// await returns what f returns or, if ctx ends first, its error. Then f goes on in the
// background: it must touch nothing that has to be put in order.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// An importing is a checked file, ready to be sent to the process that writes the
// log.
type importing struct {
	path  string
	query url.Values
	body  io.ReadSeeker
	notes []string // messages to print when it is done
}

func (c *importCommand) Run(a *app) error {
	if a.File != "" {
		return usage("use --data DIR", "--file is read-only: import writes to a data directory")
	}
	make, ok := map[string]func(*app, []byte) (*importing, error){
		"ndjson": c.export, "etherpad": c.pad, "text": c.text, "": c.guess,
	}[c.Format]
	if !ok {
		return usage("leave --format out to detect it from the file", "unknown format %q: use ndjson, etherpad or text", c.Format)
	}
	if err := checkName(c.As); err != nil {
		return err
	}
	// Check the whole file before touching the log.
	send, err := await(a.ctx, func() (*importing, error) {
		b, err := a.readFile(c.Path)
		if err != nil {
			return nil, err
		}
		return make(a, b)
	})
	if errors.Is(err, context.Canceled) {
		return failed("", "interrupted: nothing was imported")
	} else if err != nil {
		return err
	}
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return err
	}
	w, err := a.writer()
	if err != nil {
		return err
	}
	var answer jsonrow.Imported
	send.query.Set("as", c.As)
	err = w.write(a.ctx, "POST", send.path, send.query, send.body, &answer)
	var refused *controlError
	if err := join(err, w.close()); errors.As(err, &refused) && refused.Code == "forbidden" {
		return failed("import it into another directory to get the thread of the file: --data DIR", "import %s: %w", c.Path, err)
	} else if err != nil {
		return fmt.Errorf("import %s: %w", c.Path, err)
	}
	fmt.Fprintln(a.out, answer.ID)
	if answer.Here {
		a.say("%s: nothing was imported", already(c.Path, &answer))
		return nil
	}
	for _, note := range send.notes {
		a.say("%s", note)
	}
	if answer.Late > 0 {
		a.say("%d records have a time in the future: they got the time of the import", answer.Late)
	}
	return nil
}

// already describes the thread that the export is already imported as.
func already(path string, x *jsonrow.Imported) string {
	s := fmt.Sprintf("all of %s is already here, revisions 1 to %d", path, x.Revisions)
	if x.Head > x.Revisions {
		s += fmt.Sprintf("; the thread here continues to revision %d", x.Head)
	}
	return s
}

// guess detects the format from the file's first bytes or its name.
func (c *importCommand) guess(a *app, b []byte) (*importing, error) {
	switch {
	case bytes.HasPrefix(b, []byte(`{"v":`)), strings.HasSuffix(c.Path, ".ndjson"):
		return c.export(a, b)
	case strings.HasSuffix(c.Path, ".etherpad"), etherpad.IsPad(b):
		return c.pad(a, b)
	}
	return c.text(a, b)
}

func (c *importCommand) export(a *app, b []byte) (*importing, error) {
	switch {
	case c.Title != nil:
		return nil, usage("leave --title out", "--title is for pads and texts: an export has its own title")
	case c.CRLF:
		return nil, usage("leave --crlf out", "--crlf is for texts")
	case len(b) > intake.ExportMost:
		return nil, failed("", "%s has %d bytes: the limit for an export is %d", c.Path, len(b), intake.ExportMost)
	}
	doc, err := c.check(a.ctx, b)
	if err != nil {
		return nil, err
	}
	return &importing{path: "/import", query: url.Values{}, body: bytes.NewReader(b), notes: lost(doc)}, nil
}

// lost says what a salvaged export lacks.
func lost(doc *ndjson.Document) []string {
	if len(doc.Gaps) == 0 {
		return nil
	}
	n := 0
	for _, g := range doc.Gaps {
		n += len(g.Records)
	}
	return []string{fmt.Sprintf("the export was salvaged from a damaged log: the thread ends before the damage, at revision %d; %d records behind it stay in the file", doc.Head.Revision, n)}
}

// check refuses an export that does not verify, or whose records are not a valid
// thread.
func (c *importCommand) check(ctx context.Context, b []byte) (*ndjson.Document, error) {
	doc, err := ndjson.Read(bytes.NewReader(b))
	hint := hintOf(err)
	if err == nil {
		err = intake.Check(ctx, doc, time.Now().UnixMilli())
		hint = "its chain is valid, but no server wrote it: export the thread again at its source"
	}
	if err == nil || ctx.Err() != nil {
		return doc, ctx.Err()
	}
	return nil, c.refused(hint, err)
}

func (c *importCommand) refused(hint string, err error) error {
	what := strings.TrimSuffix(err.Error(), ": "+eventlog.ErrDamaged.Error())
	return damaged(hint, "import %s: the file is refused: %s", c.Path, what)
}

// bom is U+FEFF in UTF-8, which some editors put before a text.
const bom = "\ufeff"

func (c *importCommand) text(_ *app, b []byte) (*importing, error) {
	name := filepath.Base(c.Path)
	title, err := c.checkTitle(strings.TrimSuffix(name, filepath.Ext(name)))
	if err != nil {
		return nil, err
	}
	send := &importing{path: "/threads", query: url.Values{"title": {title}}}
	if rest, ok := bytes.CutPrefix(b, []byte(bom)); ok {
		b = rest
		send.notes = append(send.notes, "the byte order mark at the beginning was dropped")
	}
	if n := bytes.Count(b, []byte("\r\n")); n > 0 && c.CRLF {
		b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		send.notes = append(send.notes, fmt.Sprintf("%d line ends were converted from CR LF to LF", n))
	} else if n > 0 {
		return nil, failed("use --crlf to convert CR LF to LF", "%s, line %d: a carriage return; lines must end with LF",
			c.Path, 1+bytes.Count(b[:bytes.IndexByte(b, '\r')], []byte("\n")))
	}
	text, err := textOf(c.Path, b)
	send.body = strings.NewReader(text)
	return send, err
}

// checkTitle returns --title if it is a valid title, or without --title a title
// made from a name.
func (c *importCommand) checkTitle(name string) (string, error) {
	if c.Title == nil {
		if c.Path == "-" && name == "-" {
			name = ""
		}
		return intake.Title(name, "untitled"), nil
	}
	title := intake.Title(*c.Title, "")
	if title == "" || utf8.RuneCountInString(title) != utf8.RuneCountInString(strings.TrimSpace(norm.NFC.String(*c.Title))) {
		return "", usage("use at most 200 visible characters", "invalid --title %.80q", *c.Title)
	}
	return title, nil
}
