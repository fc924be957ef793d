package boltlog

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A verifier recomputes a log from its stored values: first those of meta and
// keys, then the groups in order. After damage it goes on with what the next
// directory says.
type verifier struct {
	report  Report
	decoder pack.Decoder
	hasher  chain.Hasher

	last    eventlog.Position
	log     chain.Digest
	lost    bool // log is not known, since a group before was damaged
	gap     bool // the group before was damaged: nobody knows where it ended
	streams map[eventlog.Stream]*verified
	order   []*verified
	pruned  map[eventlog.Stream]cut
	salts   map[string]*salts
	used    map[string]bool
}

// verified is what was recomputed of one stream.
type verified struct {
	head eventlog.Head
	lost bool // head.Chain is not known
	span uint64
	key  *salts // of span, nil where not yet looked up
}

func newVerifier() *verifier {
	return &verifier{log: chain.LogStart(), streams: map[eventlog.Stream]*verified{}, pruned: map[eventlog.Stream]cut{},
		salts: map[string]*salts{}, used: map[string]bool{}}
}

func (v *verifier) problem(p eventlog.Position, s eventlog.Stream, r eventlog.Revision, err error) {
	if len(v.report.Problems) == MaxProblems {
		v.report.More++
		return
	}
	v.report.Problems = append(v.report.Problems, Problem{p, s, r, err})
}

// meta reports meta pages of bbolt that are not valid.
func (v *verifier) meta(bad []int) {
	for _, i := range bad {
		v.problem(0, "", 0, damaged("meta page %d is not valid: if it was the newer one, the records of the last commit are missing", i))
	}
}

func (v *verifier) metaValue(path string, key, value []byte) error {
	if string(key) == keyFormat {
		_, err := decodeIdentity(path, value)
		if errors.Is(err, eventlog.ErrDamaged) {
			v.problem(0, "", 0, err)
			return nil
		}
		return err
	}
	name, ok := strings.CutPrefix(string(key), keyPruned)
	c, err := decodeCut(key, value)
	if err == nil && (!ok || name == "") {
		err = damaged("key %q in meta", key)
	}
	if err != nil {
		v.problem(0, "", 0, err)
		return nil
	}
	v.prune(eventlog.Stream(name), c)
	return nil
}

func (v *verifier) prune(name eventlog.Stream, c cut) { v.pruned[name] = c }

func (v *verifier) salt(key, value []byte) {
	s, span, err := splitSaltKey(key)
	if err != nil {
		v.problem(0, "", 0, err)
		return
	}
	k, err := decodeSalts(key, value)
	if err != nil {
		v.problem(0, s, eventlog.Revision(span*chain.SpanLength+1), err)
		v.used[string(key)] = true // reported once
		k = nil
	}
	v.salts[string(key)] = k
}

func keyPosition(key []byte) eventlog.Position {
	if len(key) != 8 {
		return 0
	}
	return eventlog.Position(binary.BigEndian.Uint64(key))
}

// group verifies one stored group.
func (v *verifier) group(key, value []byte) {
	at := keyPosition(key)
	g, err := v.decoder.Open(value)
	if err == nil && g.First != at {
		err = damaged("group from position %d lies at %x", g.First, key)
	}
	if err != nil {
		v.problem(at, "", 0, err)
		v.lose()
		v.last, v.gap = max(v.last, at), true
		return
	}
	if g.First <= v.last || g.First != v.last+1 && !v.gap {
		v.problem(v.last+1, "", 0, damaged("positions %d to %d are missing or lie wrong", v.last+1, g.First-1))
		v.lose()
	}
	v.gap = false
	for i := range g.Parts {
		v.begin(g, &g.Parts[i])
	}
	v.records(g)
	for i := range g.Parts {
		v.end(g, &g.Parts[i])
	}
	if v.log != g.Log && !v.lost {
		v.problem(g.Last(), "", 0, damaged("positions %d to %d do not give the log chain stored after them", g.First, g.Last()))
	}
	v.log, v.lost, v.last = g.Log, false, g.Last()
}

// lose notes that records are missing from here on.
func (v *verifier) lose() {
	v.lost = true
	for _, s := range v.order {
		s.lost = true
	}
}

// begin checks where a stream goes on in a group.
func (v *verifier) begin(g *pack.Group, p *pack.Part) {
	s := v.streams[p.Stream]
	if s == nil {
		s = &verified{head: eventlog.Head{Stream: p.Stream, Chain: chain.Start(string(p.Stream))}}
		if c, ok := v.pruned[p.Stream]; ok {
			s.head.Revision, s.head.Chain = c.through, c.chain
		}
		s.head.Time = math.MinInt64
		s.lost = v.lost && p.First != s.head.Revision+1
		v.streams[p.Stream], v.order = s, append(v.order, s)
	}
	if want := s.head.Revision + 1; p.First != want {
		v.problem(g.First, p.Stream, want, damaged("goes on with revision %d", p.First))
		s.lost, s.head.Revision = true, p.First-1
	}
}

func (v *verifier) records(g *pack.Group) {
	next := g.First
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil {
			v.problem(next, "", 0, err)
			v.lose()
			return
		}
		if !ok {
			v.report.Removed += uint64(g.Last() + 1 - next)
			return
		}
		v.report.Removed += uint64(r.Position - next)
		next = r.Position + 1
		v.report.Records++
		v.record(&r)
	}
}

func (v *verifier) record(r *eventlog.Record) {
	s := v.streams[r.Stream]
	var p eventlog.Proof
	if r.Proof != nil {
		p = *r.Proof
	}
	if len(r.Text) > 0 && !p.Redacted {
		k := v.saltsOf(s, r)
		if k == nil {
			s.lost = true
		} else {
			p.Commitment = v.hasher.Commit(k.at(r.Revision), r.Text)
		}
	} else if len(r.Text) > 0 {
		v.saltsOf(s, r)
	}
	if r.Time < s.head.Time {
		v.problem(r.Position, r.Stream, r.Revision, damaged("time %d is before its predecessor's %d", r.Time, s.head.Time))
	}
	values := r.Values(p.Commitment)
	s.head.Chain = v.hasher.Next(s.head.Chain, &values)
	s.head.Revision, s.head.Time = r.Revision, r.Time
	v.log = v.hasher.LogNext(v.log, values.Stream, values.Revision, s.head.Chain)
	if s.lost && values.Stream != chain.Unchained {
		v.lost = true
	}
}

// saltsOf returns the salts of r's span, or nil, having reported it once.
func (v *verifier) saltsOf(s *verified, r *eventlog.Record) *salts {
	span, _ := chain.Span(uint64(r.Revision))
	if s.key != nil && s.span == span {
		return s.key
	}
	key := string(saltKey(r.Stream, span))
	k := v.salts[key]
	if k == nil && !v.used[key] {
		v.problem(r.Position, r.Stream, r.Revision, damaged("has a text, and its span %d has no salts", span))
	}
	v.used[key] = true
	s.key, s.span = k, span
	return k
}

// end compares a stream with the directory of a group.
func (v *verifier) end(g *pack.Group, p *pack.Part) {
	s := v.streams[p.Stream]
	if s.head.Chain != p.Chain && !s.lost {
		v.problem(g.First, p.Stream, p.First, damaged("revisions %d to %d do not give the chain value stored after them", p.First, p.Last()))
	}
	s.head.Revision, s.head.Time, s.head.Chain, s.lost = p.Last(), p.Time, p.Chain, false
}

// finish compares with what an open log holds in memory.
func (v *verifier) finish(until eventlog.Position, l chain.Digest, heads []eventlog.Head) {
	v.close()
	if v.last < until {
		v.problem(v.last+1, "", 0, damaged("positions %d to %d are missing", v.last+1, until))
		return
	}
	if v.log != l {
		v.problem(until, "", 0, damaged("log chain is not the one in memory"))
	}
	for _, h := range heads {
		if s := v.streams[h.Stream]; s == nil || s.head != h {
			v.problem(until, h.Stream, h.Revision, damaged("head is not the one in memory"))
		}
	}
}

// finishFile looks for what no record needs.
func (v *verifier) finishFile() {
	v.close()
	for key := range v.salts {
		s, span, err := splitSaltKey([]byte(key))
		first := eventlog.Revision(span*chain.SpanLength + 1)
		if err == nil && !v.used[key] && v.pruned[s].through < first && v.report.OK() {
			v.problem(0, s, first, damaged("salts that no record needs"))
		}
	}
}

// close fills the report.
func (v *verifier) close() {
	v.report.Last, v.report.Chain = v.last, v.log
	for _, s := range v.order {
		v.report.Heads = append(v.report.Heads, s.head)
	}
	for name, c := range v.pruned {
		if v.streams[name] == nil {
			v.problem(0, name, c.through+1, damaged("was pruned through revision %d and nothing follows", c.through))
		}
	}
}
