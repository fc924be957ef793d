package people

import (
	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// Blame returns the authorship of a thread's text, as text mode gets it.
func (p *People) Blame(t *projection.Thread) wire.Blame {
	var b wire.Blame
	number := map[eventlog.AuthorID]int{}
	for i, id := range t.Authors() {
		a := p.Author(id)
		number[id] = i
		b.Authors = append(b.Authors, wire.BlameAuthor{ID: id, Name: a.Name, Kind: string(a.Kind)})
	}
	runs := t.Stretches()
	b.Runs = make([]wire.BlameRun, 0, len(runs))
	for _, r := range runs {
		b.Runs = append(b.Runs, wire.BlameRun(r))
	}
	b.Lines = make([]wire.BlameLine, 0, t.LineCount())
	for row := range t.Rows() {
		b.Lines = append(b.Lines, wire.BlameLine{Revision: row.Revision, Author: number[row.Author], At: row.Time, Submitted: row.Submitted})
	}
	return b
}
