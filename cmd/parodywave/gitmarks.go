package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A mark is a number that git fast-import files a commit under: with --export-marks, it
// writes a line ":MARK COMMIT" for each to a file, once it has stored the commits. The
// next stream begins "from :MARK", and git finds the commit with --import-marks.
//
// The mark of a commit is its revision times markChecks plus a check, so that a mark
// says by itself where the repository ends, and names its thread. The check is the first
// eight bytes of SHA-256 of the chain at that revision and the file's path, modulo
// markChecks. The chain stays the same when texts are redacted or authors get other
// names. For example, :128402316551 is revision 128, with the check 402316551.
const markChecks = 1_000_000_000

// gitMark returns the mark of the commit of a revision.
func gitMark(a *app, s *source, stream eventlog.Stream, path string, rev eventlog.Revision) (string, error) {
	c, err := s.ChainAt(a.ctx, stream, rev)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append(c[:], path...))
	return fmt.Sprintf(":%d", uint64(rev)*markChecks+binary.BigEndian.Uint64(sum[:])%markChecks), nil
}

// lastMark returns the highest mark in a file that git fast-import wrote, 0 if there is
// no such file or no mark in it.
func lastMark(path string) (last uint64, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		mark, _, ok := strings.Cut(strings.TrimPrefix(in.Text(), ":"), " ")
		v, err := strconv.ParseUint(mark, 10, 64)
		if !ok || err != nil || !strings.HasPrefix(in.Text(), ":") {
			return 0, failed("use the file that git fast-import --export-marks=FILE writes", "%s, line %d: %.60q is not a mark of git", path, n, in.Text())
		}
		last = max(last, v)
	}
	return last, in.Err()
}

// resume returns the revision at which the repository of a file of marks ends, 0 if it
// has no commit yet. It refuses a repository that cannot be continued.
func (g *gitStream) resume(a *app, s *source, stream eventlog.Stream, marks string) (eventlog.Revision, error) {
	if marks == "" {
		return 0, nil
	}
	last, err := lastMark(marks)
	if err != nil || last == 0 {
		return 0, err
	}
	rev := eventlog.Revision(last / markChecks)
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return 0, err
	}
	mark := ""
	if rev > 0 && rev <= head.Revision {
		if mark, err = gitMark(a, s, stream, g.path, rev); err != nil {
			return 0, err
		}
	}
	if mark != fmt.Sprintf(":%d", last) {
		return 0, failed("give each thread and each --path marks of its own; without the file, the export begins a new repository",
			"the marks in %s are not of thread %s with the file %s, or not of this log", marks, stream, g.path)
	}
	for _, e := range g.plan.redacted {
		for _, c := range e.Payload.(event.Redacted).Commitments {
			if e.Revision > rev && c.Revision <= rev {
				return 0, failed("export into a new repository with new marks, and delete this one where it must be forgotten",
					"revision %d redacted a text that the repository of %s still has", e.Revision, marks)
			}
		}
	}
	t, err := projection.Replay(a.ctx, s.Source, stream, rev)
	if err != nil {
		return 0, err
	}
	g.begun, g.text, g.lines = true, gitText(t), gitLines(t)
	g.head = fmt.Appendf(nil, "reset %s\nfrom :%d\n\n", g.branch, last)
	return rev, nil
}

// goOn adds the tags of versions that were named since for the commit at which the
// repository ends. A version inside what it has gets none: no commit has its text.
func (g *gitStream) goOn(a *app, from eventlog.Revision) {
	for rev, tags := range g.plan.versions {
		for _, v := range tags {
			switch {
			case v.made <= from || rev > from:
			case rev == from:
				g.tag(v)
			default:
				a.say("version %s gets no tag: revision %d is not the end of a commit that the repository has", quote(v.name), rev)
			}
		}
	}
}
