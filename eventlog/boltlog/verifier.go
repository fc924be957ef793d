package boltlog

import (
	"errors"
	"math"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A verifier recomputes a log from its stored values: first those of meta and keys,
// then the blocks and groups in order. After damage it continues from what the next
// directory says.
type verifier struct {
	report  Report
	visit   func(*eventlog.Record) // Options.Visit
	version uint32                 // 0 if unknown
	noMarks bool                   // see Options
	opener  *opener
	hasher  chain.Hasher
	sealed  eventlog.Position // end of the blocks

	last    eventlog.Position
	log     chain.Digest
	lost    bool // an earlier group was damaged, so log is unknown
	gap     bool // the previous group was damaged, so its end is unknown
	streams map[eventlog.Stream]*verified
	order   []*verified
	pruned  map[eventlog.Stream]cut
	salts   map[string]*salts
	used    map[string]bool
}

// verified is the recomputed state of one stream.
type verified struct {
	head eventlog.Head
	lost bool // head.Chain is unknown
	span uint64
	key  *salts // of span, nil if not yet looked up
}

func newVerifier(o Options) *verifier {
	return &verifier{visit: o.Visit, opener: newOpener(o.Packer), log: chain.LogStart(), streams: map[eventlog.Stream]*verified{}, pruned: map[eventlog.Stream]cut{},
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
		v.problem(0, "", 0, badMetaPage(i))
	}
}

func badMetaPage(i int) error {
	return damaged("meta page %d is not valid: if it was the newer one, the records of the last commit are missing", i)
}

func (v *verifier) metaValue(path string, key, value []byte) error {
	if string(key) == keyFormat {
		id, err := decodeIdentity(path, value)
		v.version = id.version
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

// block verifies one value of the bucket blocks.
func (v *verifier) block(key eventlog.Position, value []byte) {
	e, err := v.opener.open(value)
	if err == nil && e.Last() != key {
		err = damaged("block of positions %d to %d has the key of %d", e.First, e.Last(), key)
	}
	v.sealed = max(v.sealed, key)
	if err != nil {
		v.problem(v.last+1, "", 0, err)
		v.lose()
		v.last, v.gap = max(v.last, key), false // the next value begins after its key, if that is right
		return
	}
	v.extent(&e)
}

// group verifies one group of the tail. Of a remnant only the checksum counts.
func (v *verifier) group(at eventlog.Position, value []byte) {
	e, err := v.opener.open(value)
	if err == nil && (e.First != at || e.block != nil) {
		err = damaged("group from position %d has the key of %d", e.First, at)
	}
	remnant := at <= v.sealed
	if err == nil && remnant && e.Last() > v.sealed {
		err = damaged("a block holds a part of the group of positions %d to %d", e.First, e.Last())
	}
	if err != nil {
		v.problem(at, "", 0, err)
	}
	if remnant {
		return
	}
	if err != nil {
		v.lose()
		v.last, v.gap = max(v.last, at), true
		return
	}
	v.extent(&e)
}

// extent verifies the next extent.
func (v *verifier) extent(e *extent) {
	if e.First <= v.last || e.First != v.last+1 && !v.gap {
		v.problem(v.last+1, "", 0, damaged("positions %d to %d are missing or in the wrong place", v.last+1, e.First-1))
		v.lose()
	}
	v.gap = false
	for i := range e.Parts {
		v.begin(e, &e.Parts[i])
	}
	v.records(e)
	for i := range e.Parts {
		v.end(e, &e.Parts[i])
	}
	if v.log != e.Log && !v.lost {
		v.problem(e.Last(), "", 0, damaged("positions %d to %d do not give the log chain stored after them", e.First, e.Last()))
	}
	v.log, v.lost, v.last = e.Log, false, e.Last()
}

// lose notes that records are missing from here on.
func (v *verifier) lose() {
	v.lost = true
	for _, s := range v.order {
		s.lost = true
	}
}

// begin checks that a stream continues in an extent.
func (v *verifier) begin(e *extent, p *pack.Part) {
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
		v.problem(e.First, p.Stream, want, damaged("continues with revision %d", p.First))
		s.lost, s.head.Revision = true, p.First-1
	}
}

func (v *verifier) records(e *extent) {
	next := e.First
	for r, err := range e.all() {
		if err != nil {
			v.problem(next, "", 0, err)
			v.lose()
			return
		}
		v.report.Removed += uint64(r.Position - next)
		next = r.Position + 1
		v.report.Records++
		v.record(r)
	}
	v.report.Removed += uint64(e.Last() + 1 - next)
}

func (v *verifier) record(r *eventlog.Record) {
	s := v.streams[r.Stream]
	var p eventlog.Proof
	if r.Proof != nil {
		p = *r.Proof
	}
	if len(r.Text) > 0 {
		if k := v.saltsOf(s, r); k != nil {
			p.Salt = k.at(r.Revision)
		} else if !p.Redacted {
			s.lost = true
		}
		if !p.Redacted {
			p.Commitment = v.hasher.Commit(p.Salt, r.Text)
		}
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
	if v.visit != nil {
		proof := p
		proof.Chain = s.head.Chain
		r.Proof = &proof
		v.visit(r)
	}
}

// saltsOf returns the salts of r's span. If there are none, it reports that once and
// returns nil.
func (v *verifier) saltsOf(s *verified, r *eventlog.Record) *salts {
	span, _ := chain.Span(uint64(r.Revision))
	if s.key != nil && s.span == span {
		return s.key
	}
	key := string(saltKey(r.Stream, span))
	k := v.salts[key]
	if k == nil && !v.used[key] {
		v.problem(r.Position, r.Stream, r.Revision, damaged("has a text, but its span %d has no salts", span))
	}
	v.used[key] = true
	s.key, s.span = k, span
	return k
}

// end compares a stream with an extent's directory.
func (v *verifier) end(e *extent, p *pack.Part) {
	s := v.streams[p.Stream]
	if s.head.Chain != p.Chain && !s.lost {
		v.problem(e.First, p.Stream, p.First, damaged("revisions %d to %d do not give the chain value stored after them", p.First, p.Last()))
	}
	s.head.Revision, s.head.Time, s.head.Chain, s.lost = p.Last(), p.Time, p.Chain, false
}

// finish compares the result with the state of an open log.
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

// finishFile reports salts that no record needs.
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
			v.problem(0, name, c.through+1, damaged("was pruned through revision %d and no record follows", c.through))
		}
	}
}
