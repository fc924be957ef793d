package boltlog

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Problem is one thing that is not as it was written.
type Problem struct {
	Position eventlog.Position // near which it was found; 0 where it has none
	Stream   eventlog.Stream   // "" where it concerns none, or nobody can tell
	Revision eventlog.Revision // 0 likewise
	Err      error             // wraps eventlog.ErrDamaged
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Position > 0 {
		fmt.Fprintf(&b, "position %d: ", p.Position)
	}
	if p.Stream != "" {
		fmt.Fprintf(&b, "%s", p.Stream)
		if p.Revision > 0 {
			fmt.Fprintf(&b, " revision %d", p.Revision)
		}
		b.WriteString(": ")
	}
	return b.String() + strings.TrimSuffix(p.Err.Error(), ": "+eventlog.ErrDamaged.Error())
}

// A Report is what a verification found.
type Report struct {
	Records  uint64            // read and checked
	Removed  uint64            // positions of pruned records
	Last     eventlog.Position // of the log
	Chain    chain.Digest      // L at Last, as recomputed, if there are no problems
	Heads    []eventlog.Head   // as recomputed, in the order in which the streams begin
	Problems []Problem         // in log order; at most MaxProblems
	More     int               // problems beyond those
}

// MaxProblems is how many problems a report holds.
const MaxProblems = 1000

// OK tells whether nothing was found.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Err returns nil, or an error that wraps eventlog.ErrDamaged and names the first
// problem.
func (r *Report) Err() error {
	if r.OK() {
		return nil
	}
	n := len(r.Problems) + r.More
	return fmt.Errorf("%d problems, the first: %s: %w", n, r.Problems[0], eventlog.ErrDamaged)
}
