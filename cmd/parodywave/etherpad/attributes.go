package etherpad

import (
	"fmt"
	"strconv"
)

// A pool has the attributes by number.
type pool map[int]attribute

type attribute struct{ key, value string }

func newPool(entries map[string][]string) (pool, error) {
	p := pool{}
	for number, pair := range entries {
		n, err := strconv.Atoi(number)
		if err != nil || len(pair) != 2 {
			return nil, fmt.Errorf("attribute %q of the pool is not a pair of key and value", number)
		}
		p[n] = attribute{pair[0], pair[1]}
	}
	return p, nil
}

const authorKey = "author"

// author returns the author among some attributes, "" if there is none.
func (p pool) author(attributes []int) string {
	for _, n := range attributes {
		if a := p[n]; a.key == authorKey {
			return a.value
		}
	}
	return ""
}

// count counts the formatting of a changeset, which is dropped, and text inserted in
// another author's name.
func (p *Pad) count(cs *changeset, author string) {
	for _, op := range cs.operations {
		if op.code == '-' {
			continue // attributes of deleted text do not matter
		}
		for _, n := range op.attributes {
			switch a, ok := p.pool[n]; {
			case !ok:
				p.Formats["unknown"]++
			case a.key != authorKey:
				if a.value != "" || op.code == '=' {
					p.Formats[a.key]++
				}
			case op.code == '=':
				p.Formats["author colours"]++
			}
		}
		if who := p.pool.author(op.attributes); op.code == '+' && who != author {
			p.Others += op.units
		}
	}
}

// A Writer is a run of UTF-16 units with one author.
type Writer struct {
	Author string // Etherpad's id, "" if unknown
	Units  int
}

// Writers returns the runs of the final text by author, as the pad itself has them.
func (p *Pad) Writers() []Writer {
	var out []Writer
	for _, run := range p.final {
		who := p.pool.author(run.attributes)
		if n := len(out); n > 0 && out[n-1].Author == who {
			out[n-1].Units += run.units
			continue
		}
		out = append(out, Writer{who, run.units})
	}
	return out
}
