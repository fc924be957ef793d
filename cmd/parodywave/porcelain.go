package main

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// porcelain prints the format of git blame --porcelain. Lines of one revision that
// are adjacent, then and now, are a group, and the first group of a revision has
// its description.
func (c *blameCommand) porcelain(a *app, s *source, t *projection.Thread, from, to int) error {
	commits, err := s.commits(a, t, from, to)
	if err != nil {
		return err
	}
	told := map[eventlog.Revision]bool{}
	left := 0
	for i := from; i < to; i++ {
		r := t.Row(i)
		commit := commits[r.Revision]
		then := commit.lines[r.ID]
		fmt.Fprintf(a.out, "%s %d %d", commit.name, then, i+1)
		if left == 0 {
			for left = 1; i+left < to; left++ {
				next := t.Row(i + left)
				if next.Revision != r.Revision || commit.lines[next.ID] != then+left {
					break
				}
			}
			fmt.Fprintf(a.out, " %d", left)
		}
		left--
		fmt.Fprintln(a.out)
		if !told[r.Revision] {
			told[r.Revision] = true
			name := disarmed(s.name(r.Author))
			for _, who := range []string{"author", "committer"} {
				fmt.Fprintf(a.out, "%[1]s %[2]s\n%[1]s-mail <%[3]s>\n%[1]s-time %[4]d\n%[1]s-tz +0000\n", who, name, idString(r.Author), r.Time/1000)
			}
			fmt.Fprintf(a.out, "summary revision %d\nfilename %s\n", r.Revision, disarmed(t.Title))
		}
		fmt.Fprintf(a.out, "\t%s\n", disarmedLine(t.Content(r)))
	}
	return nil
}

// A commit is a revision in porcelain: a name of 40 digits, and the numbers that
// its lines had at that revision, counted from 1.
type commit struct {
	name  string
	lines map[projection.LineID]int
}

// commits folds the history again to find the number that each line had when it
// changed.
func (s *source) commits(a *app, t *projection.Thread, from, to int) (map[eventlog.Revision]commit, error) {
	wanted := map[eventlog.Revision]commit{}
	for i := from; i < to; i++ {
		wanted[t.Row(i).Revision] = commit{}
	}
	again := projection.NewThread(t.Stream)
	for r, err := range s.Prove(a.ctx, t.Stream, 0) {
		if err != nil {
			return nil, err
		}
		e, err := event.Decode(r)
		if err != nil {
			return nil, err
		}
		effect, err := again.Apply(e)
		if err != nil {
			return nil, err
		}
		if _, ok := wanted[r.Revision]; ok {
			c := commit{r.Proof.Chain.String()[:40], map[projection.LineID]int{}}
			for _, i := range effect.Touched {
				c.lines[again.Row(i).ID] = i + 1
			}
			wanted[r.Revision] = c
		}
		if r.Revision == t.Revision {
			break
		}
	}
	return wanted, nil
}
