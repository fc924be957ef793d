package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/linediff"
	"parodywave/server/intake"
	"parodywave/server/jsonrow"
)

type putCommand struct {
	Thread     string `arg:"" placeholder:"THREAD[@BASE]" help:"Thread, and the moment from whose text the file was made."`
	Path       string `arg:"" name:"file" placeholder:"FILE" help:"File with the new text in UTF-8 with LF line ends; - is stdin."`
	Overwrite  bool   `help:"Without BASE: delete what others wrote if the file does not have it."`
	AllowEmpty bool   `help:"Delete the whole text if the file is empty."`
	As         string `default:"${user}" placeholder:"NAME" help:"Name of the author (default: ${user})."`
}

func (*putCommand) Help() string {
	return `Writes a whole text as one change: text that stays keeps its author, even in whole lines that moved. BASE is the moment
from whose text the file was made. The difference is merged with what others wrote since, and put says where they
changed the same words. If nothing differs, nothing is logged. If a server is running, its editors see the change at once.

Without BASE the file replaces the text of now. If that deletes text of others, put asks on a terminal, and elsewhere
refuses without --overwrite.

  parodywave cat 'Weekly minutes@17' >minutes.txt
  parodywave put 'Weekly minutes@17' minutes.txt
  parodywave put Status status.txt --as robot --overwrite
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
	s, stream, at, err := a.openAt(c.Thread)
	if err != nil {
		return err
	}
	base, err := c.base(a, s, stream, at, text)
	s.Close() // the log is opened for writing next
	if err != nil {
		return err
	}
	w, err := a.writer()
	if err != nil {
		return err
	}
	var done jsonrow.Put
	query := url.Values{"as": {c.As}, "allow_empty": {"true"}, "base": {base}}
	err = w.write(a.ctx, "PUT", "/threads/"+string(stream)+"/text", query, strings.NewReader(text), &done)
	if err := join(err, w.close()); err != nil {
		return err
	}
	c.report(a, stream, done)
	return nil
}

// base returns the base to send, for the moment that the user gave, 0 for none. Without
// one it is the head, if the text deletes nothing that others wrote or the user
// agrees to that.
func (c *putCommand) base(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, text string) (string, error) {
	switch {
	case at != 0 && c.Overwrite:
		return "", usage("leave one of them away", "%q has a base: nothing of others is overwritten", c.Thread)
	case at != 0:
		return fmt.Sprint(at), nil
	case c.Overwrite:
		return "head", nil
	}
	t, err := projection.Replay(a.ctx, s.Source, stream, 0)
	if err != nil {
		return "", err
	}
	head := t.Revision
	loss, err := s.lossOf(t, text, c.As)
	if err != nil || loss == "" {
		return fmt.Sprint(head), err
	}
	if c.Path != "-" && a.asks() {
		if a.confirm("%s does not have %s. Delete it?", c.Path, loss) {
			return fmt.Sprint(head), nil
		}
		return "", failed(fmt.Sprintf("parodywave put %s %s keeps what others wrote since REVISION", quoted(c.Thread+"@REVISION"), quoted(c.Path)), "nothing was written")
	}
	return "", usage(fmt.Sprintf("name the revision from which the file was made, as in parodywave put %s %s, to keep what others wrote since; or use --overwrite", quoted(fmt.Sprintf("%s@%d", c.Thread, head)), quoted(c.Path)),
		"%s does not have %s", c.Path, loss)
}

// lossOf returns how much text of other authors is deleted if text replaces the
// text of t, as in "12 characters by Ben, 3 by Cho"; "" if none. Text in moved lines stays. It
// changes t.
func (s *source) lossOf(t *projection.Thread, text, as string) (string, error) {
	c, err := linediff.Diff(t.Text(), text)
	if err != nil {
		return "", err
	}
	before := s.characters(t)
	e := event.Event{Stream: t.Stream, Revision: t.Revision + 1, Time: t.UpdatedAt, Payload: event.Changed{Change: c}}
	if _, err := t.Apply(e); err != nil {
		return "", err
	}
	after := s.characters(t)
	var all []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		n := before[name] - after[name]
		switch {
		case n <= 0 || name == as:
			continue
		case len(all) == 0:
			all = append(all, fmt.Sprintf("%s by %s", number(n, "character"), visible(name)))
		default:
			all = append(all, fmt.Sprintf("%d by %s", n, visible(name)))
		}
	}
	return strings.Join(all, ", "), nil
}

// characters returns how many characters of the text each name wrote, without line
// breaks.
func (s *source) characters(t *projection.Thread) map[string]int {
	all := map[string]int{}
	units, authors := t.Units(0, t.Len()), t.Authors()
	for span := range t.Spans(0, len(units)) {
		n := 0
		for _, r := range ot.String(units[:span.Length]) {
			if r != '\n' {
				n++
			}
		}
		all[s.name(authors[span.Author])] += n
		units = units[span.Length:]
	}
	return all
}

// report prints what was done.
func (c *putCommand) report(a *app, stream eventlog.Stream, done jsonrow.Put) {
	if done.Merged == 0 {
		a.say("thread %s is at revision %d", stream, done.Rev)
		return
	}
	a.say("thread %s is at revision %d: merged with %s that others made since", stream, done.Rev, number(done.Merged, "change"))
	for _, o := range done.Overlaps {
		where := fmt.Sprintf("line %d", o.Lines[0]+1)
		if o.Lines[1] > o.Lines[0] {
			where = fmt.Sprintf("lines %d to %d", o.Lines[0]+1, o.Lines[1]+1)
		}
		a.say("%s: %s changed the same words; read it again: %s", where, strings.Join(o.Users, ", "), visibleLine(o.Text))
	}
	a.say("%s is not the text of now: parodywave cat %s has that", c.Path, stream)
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

// readFile reads a file, or stdin for -, which may be a terminal: Ctrl-C ends it.
func (a *app) readFile(path string) ([]byte, error) {
	if path == "-" {
		a.stdinRead = true
		return await(a.ctx, func() ([]byte, error) { return io.ReadAll(a.in) })
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

// readText reads a text file, without a byte order mark. It refuses an invalid text
// rather than repair it.
func (a *app) readText(path string) (string, error) {
	b, err := a.readFile(path)
	if err != nil {
		return "", err
	}
	return textOf(path, bytes.TrimPrefix(b, []byte(bom)))
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
