package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// largeStream is the size in bytes from which a stream is announced before it is
// written: every commit contains the whole text.
const largeStream = 1 << 30

// git writes a stream for git fast-import. Every text in it that is not empty ends
// with a line break. Otherwise, because git counts the break as part of its line,
// pressing Enter after the last line would change that line's author.
//
// The same log up to the same revision gives the same bytes, and a longer one the
// same commits and more, unless a revision inside a step was named meanwhile: a
// step ends at every named revision, so that its tag has exactly that text.
func (c *exportCommand) git(a *app, s *source, stream eventlog.Stream, at eventlog.Revision) error {
	plan, err := planGit(a, s, stream, at, c.Every)
	if err != nil {
		return err
	}
	g := &gitStream{w: a.out, branch: "refs/heads/" + c.Branch, path: c.Path, tags: map[string]bool{}, plan: plan}
	if g.path == "" {
		g.path = fileName(plan.title, stream)
	}
	if err := checkGitNames(c.Branch, g.path); err != nil {
		return err
	}
	if plan.bytes > largeStream {
		a.say("this will be about %d GB, because every commit contains the whole text; --every burst or submit gives fewer commits", plan.bytes>>30)
	}
	err = s.steps(a, stream, at, &stepper{every: c.Every, cut: plan.cut(), do: g.commit})
	if err != nil {
		return err
	}
	_, err = io.WriteString(a.out, "done\n")
	return err
}

// A gitPlan has the facts about a history that are needed before its first commit.
type gitPlan struct {
	title    string // the first
	versions map[eventlog.Revision][]gitTag
	bytes    int64 // of all texts in all commits, at least
}

type gitTag struct {
	name string
	who  string // as git writes people, with the time
}

func (p *gitPlan) cut() map[eventlog.Revision]bool {
	cut := map[eventlog.Revision]bool{}
	for rev := range p.versions {
		cut[rev] = true
	}
	return cut
}

func planGit(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, every string) (*gitPlan, error) {
	p := &gitPlan{versions: map[eventlog.Revision][]gitTag{}}
	var units, steps int64
	var last event.Event
	for e, err := range event.Decoded(s.Read(a.ctx, stream, 0)) {
		if err != nil {
			return nil, err
		}
		switch f := e.Payload.(type) {
		case event.Opened:
			p.title = f.Title
		case event.Version:
			p.versions[f.Revision] = append(p.versions[f.Revision], gitTag{f.Name, gitWho(s.name(e.Author), idString(e.Author), e.Time)})
		case event.Changed:
			units = int64(f.Change.NewLen())
			if every == "edit" || e.Author != last.Author || e.Time-last.Time > burstPause {
				p.bytes += units
				steps++
			}
		}
		last = e
		if e.Revision == at {
			break
		}
	}
	return p, nil
}

// checkGitNames refuses names that git fast-import would refuse.
func checkGitNames(branch, path string) error {
	if refName(branch) != branch {
		return usage("use letters, digits, - and /", "invalid --branch %q", branch)
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsRune(part, 0) {
			return usage("use a relative path like notes/minutes.txt", "invalid --path %q", path)
		}
	}
	return nil
}

// A gitStream writes commits.
type gitStream struct {
	w      io.Writer
	branch string
	path   string
	plan   *gitPlan
	tags   map[string]bool // taken

	begun bool
	mark  int
	text  []byte // of the commit before
}

// commit writes the commit of a step, unless the step changed neither text nor
// title.
func (g *gitStream) commit(r *eventRow, t *projection.Thread) error {
	text := []byte(t.Text())
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	changed := !g.begun || r.Kind == "renamed" || !bytes.Equal(text, g.text)
	var b bytes.Buffer
	if !g.begun {
		b.WriteString("feature done\n")
	}
	if changed {
		g.mark++
		who := gitWho(r.Author, r.AuthorID, r.at)
		fmt.Fprintf(&b, "commit %s\nmark :%d\nauthor %s\ncommitter %s\n", g.branch, g.mark, who, who)
		data(&b, []byte(g.message(r)))
		if g.begun && g.mark > 1 {
			fmt.Fprintf(&b, "from :%d\n", g.mark-1)
		}
		fmt.Fprintf(&b, "M 100644 inline %s\n", quotePath(g.path))
		data(&b, text)
	}
	g.begun, g.text = true, text
	for _, v := range g.plan.versions[r.Revision] {
		g.tag(&b, v)
	}
	_, err := g.w.Write(b.Bytes())
	return err
}

// message returns the commit message; its last lines are trailers for programs.
func (g *gitStream) message(r *eventRow) string {
	return fmt.Sprintf("%s\n\nThread: %s\nRevisions: %d-%d\n", subject(r), r.Thread, r.First, r.Revision)
}

// subject describes a step in one line.
func subject(r *eventRow) string {
	if r.Kind == "opened" {
		return "open " + quote(r.Text)
	}
	if r.Kind == "renamed" {
		return "rename to " + quote(r.Text)
	}
	return r.Kind + " " + r.what()
}

func (g *gitStream) tag(b *bytes.Buffer, v gitTag) {
	name := refName(v.name)
	for n := 2; g.tags[name]; n++ {
		name = fmt.Sprintf("%s-%d", refName(v.name), n)
	}
	g.tags[name] = true
	fmt.Fprintf(b, "tag %s\nfrom :%d\ntagger %s\n", name, g.mark, v.who)
	data(b, []byte(v.name+"\n"))
}

func data(b *bytes.Buffer, p []byte) {
	fmt.Fprintf(b, "data %d\n", len(p))
	b.Write(p)
	b.WriteByte('\n')
}

// gitWho formats an author and a time in Unix milliseconds for git. The address
// does not exist; it distinguishes authors of the same name.
func gitWho(name, id string, at int64) string {
	return fmt.Sprintf("%s <%s@parodywave.invalid> %d +0000", gitName(name), id, at/1000)
}

// gitName makes a name valid for git: not empty, without angle brackets and
// control characters.
func gitName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if name == "" {
		return "unknown"
	}
	return name
}

// refName makes s valid as part of a git reference (see git check-ref-format).
func refName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`~^:?*[\@{`, r) {
			return '-'
		}
		return r
	}, s)
	for strings.Contains(s, "..") {
		s = strings.ReplaceAll(s, "..", "-")
	}
	parts := strings.Split(s, "/")
	for i, part := range parts {
		part = strings.TrimRight(strings.TrimLeft(part, "."), ".")
		if part = strings.TrimSuffix(part, ".lock"); part == "" {
			part = "-"
		}
		parts[i] = part
	}
	if s = strings.Trim(strings.Join(parts, "/"), "-/"); s == "" {
		return "version"
	}
	return s
}

const longestFileName = 200 // bytes; file systems allow 255

// fileName turns a title into the name of a file.
func fileName(title string, stream eventlog.Stream) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || hidden(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, title)
	name = strings.TrimSpace(strings.TrimLeft(name, "."))
	for len(name) > longestFileName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name == "" || strings.EqualFold(name, "git") {
		name = string(stream)
	}
	if dot := strings.LastIndexByte(name, '.'); dot < 1 || strings.ContainsRune(name[dot:], ' ') {
		name += ".txt"
	}
	return name
}

// quotePath quotes a path for fast-import.
func quotePath(path string) string {
	if !strings.ContainsAny(path, "\"\\\n") && !strings.HasPrefix(path, " ") {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}
