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
	"parodywave/eventlog/names"
	"parodywave/server/intake"
)

type putCommand struct {
	Thread     string `arg:"" placeholder:"THREAD" help:"Thread."`
	Path       string `arg:"" name:"file" placeholder:"FILE" help:"File with the new text in UTF-8 with LF line ends; - is stdin."`
	AllowEmpty bool   `help:"Delete the whole text if the file is empty."`
	As         string `default:"${user}" placeholder:"NAME" help:"Name of the author (default: ${user})."`
}

func (*putCommand) Help() string {
	return `Replaces the text by a diff against the old text, as one change: text that stays keeps its author, even in whole lines that
moved. If the text is already the same, nothing is logged. If a server is running, its editors see the change at once.

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
		return usage("use --allow-empty to delete the whole text", "%s is empty", c.Path)
	}
	s, stream, err := a.openWhole(c.Thread, "put replaces the current text of %[1]s; to bring back an earlier text: parodywave restore %[3]s")
	if err != nil {
		return err
	}
	s.Close() // the log is opened for writing next
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

// checkName refuses an invalid --as.
func checkName(as string) error {
	const hint = "use --as NAME with a visible name"
	if strings.TrimSpace(as) == "" {
		return usage(hint, "--as is empty")
	}
	if _, err := names.Author(as); err != nil {
		return usage(hint, "--as %.80q: %w", as, err)
	}
	return nil
}

// join returns err, or then if err is nil.
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
		return nil, notFound("give a file, or - for stdin", "there is no file %s", path)
	case err != nil:
		return nil, failed("give a readable file, or - for stdin", "%v", err)
	}
	return b, nil
}

// readText reads a text file. It refuses an invalid text rather than repair it.
func (a *app) readText(path string) (string, error) {
	b, err := a.readFile(path)
	if err != nil {
		return "", err
	}
	return textOf(path, b)
}

// textOf returns the bytes of a file as a text, or an error if they are not a
// valid text of a thread.
func textOf(path string, b []byte) (string, error) {
	if most := intake.TextMost(); len(b) > most {
		return "", failed("split it into several threads", "%s has %d bytes: the limit for a text is %d", path, len(b), most)
	}
	line := func(at int) int { return 1 + bytes.Count(b[:at], []byte("\n")) }
	if at := bytes.IndexByte(b, '\r'); at >= 0 {
		return "", failed("convert its line ends first: tr -d '\\r' <FILE, or dos2unix", "%s, line %d: a carriage return; lines must end with LF", path, line(at))
	}
	if at := bytes.IndexByte(b, 0); at >= 0 {
		return "", failed("check that the file is a text", "%s, line %d: a NUL character", path, line(at))
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
