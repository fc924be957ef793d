package boltlog

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Problem is one place where the file is not as it was written.
type Problem struct {
	Position eventlog.Position // near which it was found; 0 if none
	Stream   eventlog.Stream   // "" if it concerns none or is unknown
	Revision eventlog.Revision // 0 in the same cases
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

// A Report is the result of a verification.
type Report struct {
	Records  uint64            // read and checked
	Removed  uint64            // positions whose records were pruned
	Free     uint64            // pages of 4 KiB that hold nothing; only VerifyFile counts them
	Format   uint32            // of the file; only VerifyFile sets it
	Last     eventlog.Position // of the log
	Chain    chain.Digest      // L at Last, as recomputed, if there are no problems
	Heads    []eventlog.Head   // as recomputed, in the order in which the streams begin
	Problems []Problem         // in log order; at most MaxProblems
	More     int               // further problems
}

// MaxProblems is how many problems a report lists.
const MaxProblems = 1000

// OK reports whether there are no problems.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Err returns nil if there are no problems, and otherwise an error that wraps
// eventlog.ErrDamaged and names the first.
func (r *Report) Err() error {
	if r.OK() {
		return nil
	}
	n := len(r.Problems) + r.More
	return fmt.Errorf("%d problems, the first: %s: %w", n, r.Problems[0], eventlog.ErrDamaged)
}
