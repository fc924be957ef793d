package main

import (
	"bytes"
	"fmt"
	"io"

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
// The same log up to the same revision gives the same bytes. A longer one gives the same
// commits and more, unless the stream ended inside a step, a revision inside a step was
// named meanwhile (a step ends at every named revision, so that its tag has exactly that
// text), or an author has another name. With marks, the stream goes on where the
// repository ends, and these make no difference: no commit is ever replaced.
func (c *exportCommand) git(a *app, s *source, stream eventlog.Stream, at eventlog.Revision) error {
	plan, err := planGit(a, s, stream, at, c.Every)
	if err != nil {
		return err
	}
	g := &gitStream{w: a.out, branch: "refs/heads/" + c.Branch, path: c.Path, plan: plan}
	if g.path == "" {
		g.path = fileName(plan.title, stream)
	}
	if err := checkGitNames(c.Branch, g.path); err != nil {
		return err
	}
	from, err := g.resume(a, s, stream, c.Marks)
	if err != nil {
		return err
	}
	if size := plan.size(from); size > largeStream {
		a.say("this will be about %d GB, because every commit contains the whole text; --every burst or submit gives fewer commits", size>>30)
	}
	if _, err := io.WriteString(a.out, "feature done\n"); err != nil {
		return err
	}
	if from > 0 {
		g.goOn(a, from)
	}
	if from < plan.last {
		if err := g.steps(a, s, stream, at, &stepper{every: c.Every, from: from + 1, cut: plan.cut()}); err != nil {
			return err
		}
	}
	return g.end(a, s, stream)
}

// steps writes the commits of some steps. It reads bursts twice, to cut some of them.
func (g *gitStream) steps(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, st *stepper) error {
	if st.every == "burst" {
		c := &gitCutter{before: g.lines, cut: st.cut}
		first := *st
		first.do, first.note = c.end, c.note
		if err := s.steps(a, stream, at, &first); err != nil {
			return err
		}
	}
	st.do = g.step
	return s.steps(a, stream, at, st)
}

// A gitPlan has the facts about a history that are needed before its first commit.
type gitPlan struct {
	title     string            // the first
	last      eventlog.Revision // of the stream
	versions  map[eventlog.Revision][]gitTag
	redacted  []event.Event
	textSizes map[eventlog.Revision]int64 // of the text in each commit, at least
}

type gitTag struct {
	ref  string
	name string
	who  string // as git writes people, with the time
	made eventlog.Revision
}

func (p *gitPlan) cut() map[eventlog.Revision]bool {
	cut := map[eventlog.Revision]bool{}
	for rev := range p.versions {
		cut[rev] = true
	}
	return cut
}

// size returns the least size of the commits after a revision, in bytes.
func (p *gitPlan) size(after eventlog.Revision) (n int64) {
	for rev, size := range p.textSizes {
		if rev > after {
			n += size
		}
	}
	return n
}

func planGit(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, every string) (*gitPlan, error) {
	p := &gitPlan{versions: map[eventlog.Revision][]gitTag{}, textSizes: map[eventlog.Revision]int64{}}
	taken := map[string]bool{}
	var last event.Event
	for e, err := range event.Decoded(s.Read(a.ctx, stream, 0)) {
		if err != nil {
			return nil, err
		}
		switch f := e.Payload.(type) {
		case event.Opened:
			p.title = f.Title
		case event.Version:
			tag := gitTag{freeRef(taken, f.Name), f.Name, gitWho(s.name(e.Author), idString(e.Author), e.Time), e.Revision}
			p.versions[f.Revision] = append(p.versions[f.Revision], tag)
		case event.Redacted:
			p.redacted = append(p.redacted, e)
		case event.Changed:
			if every == "edit" || e.Author != last.Author || e.Time-last.Time > burstPause {
				p.textSizes[e.Revision] = int64(f.Change.NewLen())
			}
		}
		last = e
		if p.last = e.Revision; e.Revision == at {
			break
		}
	}
	return p, nil
}

// freeRef returns the name of a tag for a version, and takes it. Names are given in the
// order of the log, so that a longer log gives the same ones.
func freeRef(taken map[string]bool, version string) string {
	name := refName(version)
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", refName(version), n)
	}
	taken[name] = true
	return name
}

// A gitStream writes commits. It holds the last one back until it knows whether another
// follows: only the last commit of a stream has a mark (see gitMark).
type gitStream struct {
	w      io.Writer
	branch string
	path   string
	plan   *gitPlan

	begun  bool
	text   []byte            // of the commit before
	lines  []gitLine         // at the commit where the stream goes on
	commit eventlog.Revision // of the commit that is held back, 0: there is none
	head   []byte            // of the held commit, up to its mark
	rest   []byte            // of the held commit, and its tags
}

// step writes the commit of a step, unless the step changed neither text nor title.
func (g *gitStream) step(r *eventRow, t *projection.Thread) error {
	text := gitText(t)
	if !g.begun || r.Kind == "renamed" || !bytes.Equal(text, g.text) {
		if err := g.flush(""); err != nil {
			return err
		}
		var b bytes.Buffer
		who := gitWho(r.Author, r.AuthorID, r.at)
		fmt.Fprintf(&b, "author %s\ncommitter %s\n", who, who)
		data(&b, []byte(g.message(r)))
		fmt.Fprintf(&b, "M 100644 inline %s\n", quotePath(g.path))
		data(&b, text)
		g.head, g.rest, g.commit = fmt.Appendf(nil, "commit %s\n", g.branch), b.Bytes(), r.Revision
	}
	g.begun, g.text = true, text
	for _, v := range g.plan.versions[r.Revision] {
		g.tag(v)
	}
	return nil
}

// gitText returns a text as the file of a commit has it.
func gitText(t *projection.Thread) []byte {
	text := []byte(t.Text())
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return text
}

// flush writes the commit that is held back, with a mark unless that is empty.
func (g *gitStream) flush(mark string) error {
	if mark != "" {
		g.head = fmt.Appendf(g.head, "mark %s\n", mark)
	}
	_, err := g.w.Write(append(g.head, g.rest...))
	g.head, g.rest, g.commit = nil, nil, 0
	return err
}

// end writes the commit that still waits, and ends the stream.
func (g *gitStream) end(a *app, s *source, stream eventlog.Stream) error {
	mark := ""
	if g.commit > 0 {
		var err error
		if mark, err = gitMark(a, s, stream, g.path, g.commit); err != nil {
			return err
		}
	}
	if err := g.flush(mark); err != nil {
		return err
	}
	_, err := io.WriteString(g.w, "done\n")
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

// tag adds a tag of the newest commit.
func (g *gitStream) tag(v gitTag) {
	b := bytes.NewBuffer(g.rest)
	fmt.Fprintf(b, "tag %s\nfrom %s\ntagger %s\n", v.ref, g.branch, v.who)
	data(b, []byte(v.name+"\n"))
	g.rest = b.Bytes()
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
