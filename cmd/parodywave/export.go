package main

import (
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"

	"github.com/alecthomas/kong"
)

type exportCommand struct {
	Thread string `arg:"" optional:"" placeholder:"THREAD[@AT]" help:"Thread; with @AT, only up to that moment."`
	Format string `enum:"ndjson,text,markdown,html,git,asciicast" default:"ndjson" help:"ndjson (every record, verifiable), text, markdown, html, git (a stream for git fast-import) or asciicast."`
	Every  string `enum:"edit,burst,submit" default:"burst" help:"For git and asciicast: a commit or frame for every event (edit), for an author's edits in a row without a pause of 30 seconds (burst), or for every submitted line (submit)."`
	Branch string `default:"main" placeholder:"NAME" help:"For git: the branch to create (default: main)."`
	Path   string `placeholder:"FILE" help:"For git: the name of the text's file (default: the thread's first title)."`

	Marks string `placeholder:"FILE" help:"For git: add to the repository of an earlier export. git fast-import keeps its marks in FILE."`

	Salvage bool   `help:"For ndjson, from a damaged log: write every record that can still be read, also those behind the damage."`
	Into    string `placeholder:"DIR" help:"With --salvage and without THREAD: write each thread to a file DIR/ID.ndjson."`
}

// Help returns the text below the usage.
func (*exportCommand) Help() string {
	return `Writes a thread to stdout.

  ndjson     every record with authors, times, revisions and chain; import reads it
  text       the text, byte for byte
  markdown   the text below its title
  html       one self-contained page: the text with its authors
  git        the history as commits with author and time; the same log gives the same commit ids; a text
             that does not end with a line break gets one. git blame names the authors that blame names, except
             for some lines that read like others, and for changes taken back in a later commit
  asciicast  the replay, for players of terminal recordings (version 2)

With --marks FILE, git adds to a repository it has: the new commits follow the old ones, which stay as they are. Every
export ends with the text as it is; if somebody is typing then, the rest is another commit. FILE is the file that git
fast-import reads and writes (it is not there yet the first time). An export that was killed can be repeated. Redacted
texts and former names stay in commits that git has: export does not add to a repository that has a redacted text.

With --salvage, the records that are intact up to the damage come first, and import takes them. The records behind the
damage follow; import leaves them out, because a change cannot be applied to a text that nobody knows.

  parodywave export Minutes > minutes.ndjson
  parodywave export --salvage --into rescued --file damaged.db
  git init -b main minutes && parodywave export Minutes --format git | git -C minutes fast-import
  parodywave export Minutes --format git --marks /srv/minutes.marks |
    git -C minutes fast-import --import-marks-if-exists=/srv/minutes.marks --export-marks=/srv/minutes.marks
  parodywave export Minutes@draft-1 --format html > draft.html
`
}

// exportFlags lists the formats that each flag applies to. The formats themselves are in
// gitstream.go, cast.go, htmlpage.go, markdown.go and package ndjson.
var exportFlags = map[string][]string{"every": {"git", "asciicast"}, "branch": {"git"}, "path": {"git"}, "marks": {"git"}}

// check refuses a flag that has no effect on the format.
func (c *exportCommand) check(given *kong.Context) error {
	switch {
	case c.Salvage && c.Format != "ndjson":
		return usage("leave --format out", "--salvage writes ndjson only")
	case c.Into != "" && (!c.Salvage || c.Thread != ""):
		return usage("use export --salvage --into DIR", "--into writes all threads of a log that is salvaged")
	case c.Thread == "" && c.Into == "":
		return usage("parodywave threads lists the threads", "export needs a THREAD")
	}
	for _, p := range given.Path {
		if p.Flag == nil {
			continue
		}
		if formats, ok := exportFlags[p.Flag.Name]; ok && !slices.Contains(formats, c.Format) {
			return usage("leave it out; it applies to --format "+strings.Join(formats, " or "), "--%s has no effect with --format %s", p.Flag.Name, c.Format)
		}
	}
	return nil
}

func (c *exportCommand) Run(a *app, given *kong.Context) error {
	if err := c.check(given); err != nil {
		return err
	}
	if c.Salvage {
		return c.salvage(a)
	}
	if c.Format == "text" {
		return (&catCommand{c.Thread}).Run(a)
	}
	s, stream, at, err := a.openAt(c.Thread)
	if err != nil {
		return err
	}
	defer s.Close()
	switch c.Format {
	case "git":
		return c.git(a, s, stream, at)
	case "asciicast":
		return c.asciicast(a, s, stream, at)
	case "ndjson":
		_, err = ndjson.Export(a.ctx, a.out, s, stream, at, s.exportName)
		return err
	}
	t, err := projection.Replay(a.ctx, s.Source, stream, at)
	if err != nil {
		return err
	}
	if c.Format == "html" {
		return writePage(a.out, s, t)
	}
	return writeMarkdown(a.out, t)
}

// exportName returns an author as ndjson stores it, and whether the name is known.
func (s *source) exportName(id eventlog.AuthorID) (ndjson.Author, bool) {
	p := s.authors.Author(id)
	return ndjson.Author{ID: id, Name: p.Name, Kind: p.Kind}, s.authors.Known(id)
}
