package etherpad

import (
	"fmt"
	"strconv"
)

// A pool tells what the numbers of attributes mean.
type pool map[int]attribute

type attribute struct{ key, value string }

func newPool(entries map[string][]string) (pool, error) {
	p := pool{}
	for number, pair := range entries {
		n, err := strconv.Atoi(number)
		if err != nil || len(pair) != 2 {
			return nil, fmt.Errorf("attribute %q of the pool is none", number)
		}
		p[n] = attribute{pair[0], pair[1]}
	}
	return p, nil
}

const authorKey = "author"

// author returns who wrote what has these attributes, "" if they do not tell.
func (p pool) author(attributes []int) string {
	for _, n := range attributes {
		if a := p[n]; a.key == authorKey {
			return a.value
		}
	}
	return ""
}

// count adds up what of a changeset is not kept.
func (p *Pad) count(cs *changeset, author string) {
	for _, op := range cs.operations {
		if op.code == '-' {
			continue // the attributes of what goes do not matter
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

// Writer says who wrote the UTF-16 units that follow those of the Writer before.
type Writer struct {
	Author string // Etherpad's id, "" where it does not tell
	Units  int
}

// Writers returns who wrote the final text by the pad's own account, from its
// beginning to its end.
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
