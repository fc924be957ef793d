package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
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
	Format string  `placeholder:"ndjson|etherpad|text" help:"ndjson: an export, which keeps authors, times, revisions and chain; etherpad: a pad with its history; text: a text. By default what the file begins like."`
	Title  *string `placeholder:"TITLE" help:"Title of the thread (default: the file's name, or the pad's)."`
	CRLF   bool    `name:"crlf" help:"Of a text whose lines end in CR LF, as on Windows, leave the CR out."`
	As     string  `default:"${user}" placeholder:"NAME" help:"Who imports (default: ${user})."`
}

// Help shows how it is used.
func (*importCommand) Help() string {
	return `Makes a thread of a file, all of it or nothing, and prints the thread's id.

  ndjson     what export wrote: it must verify, and keeps revisions, authors, times, ids and chain
  etherpad   what Etherpad exports as .etherpad: every revision with its author and its time, so that blame, log and
             replay work on it; formatting is dropped and counted. Revision N of the pad is revision N+2 of the thread,
             or one later for each saved revision before it
  text       one change by who imports; a byte order mark at its beginning is left out

  parodywave import minutes.ndjson
  parodywave import minutes.etherpad --title Minutes
  parodywave import notes.txt --crlf --as 소라
`
}

// An importing is a file that is ready to be sent to who writes the log.
type importing struct {
	path  string
	query url.Values
	body  io.Reader
	notes []string // what to say when it is done
}

func (c *importCommand) Run(a *app) error {
	if a.File != "" {
		return usage("say --data DIR", "--file is for reading: nothing is written to a bare copy")
	}
	make, ok := map[string]func(*app, []byte) (*importing, error){
		"ndjson": c.export, "etherpad": c.pad, "text": c.text, "": c.guess,
	}[c.Format]
	if !ok {
		return usage("write --format ndjson for an export, etherpad for a pad or text for a text; without it the file tells", "--format %s is none", c.Format)
	}
	if err := checkName(c.As); err != nil {
		return err
	}
	b, err := a.readFile(c.Path)
	if err != nil {
		return err
	}
	// All that can be wrong with the file is, before the log is touched.
	send, err := make(a, b)
	if err != nil {
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
	err = w.do(a.ctx, "POST", send.path, send.query, send.body, &answer)
	var refused *controlError
	if err := join(err, w.close()); errors.As(err, &refused) && refused.Code == "forbidden" {
		return failed("to have the thread as the file has it, import it into another directory: --data DIR", "import %s: %w", c.Path, err)
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
	return nil
}

// already tells what there is of an export that is here.
func already(path string, x *jsonrow.Imported) string {
	s := fmt.Sprintf("all of %s is here already, revisions 1 to %d", path, x.Revisions)
	if x.Head > x.Revisions {
		s += fmt.Sprintf("; the thread here goes on to revision %d", x.Head)
	}
	return s
}

// guess takes the format that the file looks like.
func (c *importCommand) guess(a *app, b []byte) (*importing, error) {
	switch {
	case bytes.HasPrefix(b, []byte(`{"v":`)), strings.HasSuffix(c.Path, ".ndjson"):
		return c.export(a, b)
	case etherpad.IsPad(b), strings.HasSuffix(c.Path, ".etherpad"):
		return c.pad(a, b)
	}
	return c.text(a, b)
}

func (c *importCommand) export(_ *app, b []byte) (*importing, error) {
	switch {
	case c.Title != nil:
		return nil, usage("leave --title out", "an export has a title")
	case c.CRLF:
		return nil, usage("leave --crlf out", "--crlf is for a text")
	case len(b) > intake.ExportMost:
		return nil, failed("", "%s has %d bytes, and an export that is imported at most %d", c.Path, len(b), intake.ExportMost)
	}
	if err := c.check(b); err != nil {
		return nil, err
	}
	return &importing{path: "/import", query: url.Values{}, body: bytes.NewReader(b)}, nil
}

// check refuses an export that does not verify, or whose records make no
// thread. What is wrong is the file, whatever the decoders of logs call it.
func (c *importCommand) check(b []byte) error {
	doc, err := ndjson.Read(bytes.NewReader(b))
	hint := hintOf(err)
	if err == nil {
		err = intake.Check(doc)
		hint = "its chain holds, but no server wrote it: export the thread again at its source"
	}
	if err == nil {
		return nil
	}
	return c.refused(hint, err)
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
		send.notes = append(send.notes, "the byte order mark at the beginning was left out")
	}
	if n := bytes.Count(b, []byte("\r\n")); n > 0 && c.CRLF {
		b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		send.notes = append(send.notes, fmt.Sprintf("%d line ends CR LF are now LF", n))
	} else if n > 0 {
		return nil, failed("say --crlf to leave the CR out", "%s, line %d: a carriage return; texts have LF line ends",
			c.Path, 1+bytes.Count(b[:bytes.IndexByte(b, '\r')], []byte("\n")))
	}
	text, err := textOf(c.Path, b)
	send.body = strings.NewReader(text)
	return send, err
}

// checkTitle returns --title, which must be one, or else what can be kept of a
// name.
func (c *importCommand) checkTitle(name string) (string, error) {
	if c.Title == nil {
		if c.Path == "-" && name == "-" {
			name = ""
		}
		return intake.Title(name, "untitled"), nil
	}
	title := intake.Title(*c.Title, "")
	if title == "" || utf8.RuneCountInString(title) != utf8.RuneCountInString(strings.TrimSpace(norm.NFC.String(*c.Title))) {
		return "", usage("write --title TITLE, with at most 200 characters that can be seen", "--title %.80q is no title", *c.Title)
	}
	return title, nil
}
