package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/server/intake"
)

type putCommand struct {
	Thread     string `arg:"" placeholder:"THREAD" help:"Thread."`
	Path       string `arg:"" name:"file" placeholder:"FILE" help:"File with the new text, UTF-8 with LF line ends; - is stdin."`
	AllowEmpty bool   `help:"Do it even if the file is empty."`
	As         string `default:"${user}" placeholder:"NAME" help:"Who writes (default: ${user})."`
}

// Help shows how it is used.
func (*putCommand) Help() string {
	return `What the old text lacks or has too much is one change: whoever wrote what stays, remains its author, also of
whole lines that stand elsewhere now. Where the text is the same already, nothing is logged. It works beside a running
server, whose editors see it at once.

  parodywave put 'Weekly minutes' minutes.txt
  sed s/teh/the/ minutes.txt | parodywave put 'Weekly minutes' - --as robot
`
}

func (c *putCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	if err := a.exists(); err != nil {
		return err
	}
	text, err := a.readText(c.Path)
	if err != nil {
		return err
	}
	if text == "" && !c.AllowEmpty {
		return usage("say --allow-empty if the whole text is to be deleted", "%s is empty", c.Path)
	}
	stream, err := c.find(a)
	if err != nil {
		return err
	}
	w, err := a.writer()
	if err != nil {
		return err
	}
	var answer struct{ Rev eventlog.Revision }
	query := url.Values{"as": {c.As}, "allow_empty": {"true"}}
	err = w.do(a.ctx, "PUT", "/threads/"+string(stream)+"/text", query, strings.NewReader(text), &answer)
	if err := join(err, w.close()); err != nil {
		return err
	}
	a.say("thread %s is at revision %d", stream, answer.Rev)
	return nil
}

// find closes the log before it is opened for writing.
func (c *putCommand) find(a *app) (eventlog.Stream, error) {
	s, err := a.open()
	if err != nil {
		return "", err
	}
	defer s.Close()
	return s.findWhole(a, c.Thread, "put writes on top of %[1]s as it is now; to bring a moment back: parodywave restore %[3]s")
}

// checkName refuses what nobody can be called, before anything is touched.
func checkName(as string) error {
	const hint = "write --as NAME, with a name that can be seen"
	if strings.TrimSpace(as) == "" {
		return usage(hint, "--as is empty")
	}
	if !utf8.ValidString(as) || strings.IndexFunc(as, hidden) >= 0 {
		return usage(hint, "--as %q has a control character in it", as)
	}
	return nil
}

// join returns the first error that is one.
func join(err, then error) error {
	if err != nil {
		return err
	}
	return then
}

// readFile reads a file, or stdin for -.
func (a *app) readFile(path string) ([]byte, error) {
	if path == "-" {
		a.stdinRead = true
		return io.ReadAll(a.in)
	}
	b, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notFound("name a file, or - for stdin", "there is no file %s", path)
	case err != nil:
		return nil, failed("name a file that you may read, or - for stdin", "%v", err)
	}
	return b, nil
}

// readText reads a text and refuses what no thread holds; nothing is repaired.
func (a *app) readText(path string) (string, error) {
	b, err := a.readFile(path)
	if err != nil {
		return "", err
	}
	return textOf(path, b)
}

// textOf returns what a file holds as a text, unless no thread can hold it.
func textOf(path string, b []byte) (string, error) {
	if most := intake.TextMost(); len(b) > most {
		return "", failed("make several threads of it", "%s has %d bytes, and the text of a thread at most %d", path, len(b), most)
	}
	line := func(at int) int { return 1 + bytes.Count(b[:at], []byte("\n")) }
	if at := bytes.IndexByte(b, '\r'); at >= 0 {
		return "", failed("convert its line ends first: tr -d '\\r' <FILE, or dos2unix", "%s, line %d: a carriage return; texts have LF line ends", path, line(at))
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return "", failed("is this a text?", "%s, line %d: a NUL character", path, line(at))
	}
	if !utf8.Valid(b) {
		at := 0
		for at < len(b) {
			r, n := utf8.DecodeRune(b[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		return "", failed("convert it first: iconv -t UTF-8", "%s, line %d: %s", path, line(at), fmt.Sprintf("byte %#02x is not UTF-8", b[at]))
	}
	return string(b), nil
}
