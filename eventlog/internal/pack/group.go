package pack

import (
	"crypto/sha256"
	"fmt"
	"math"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Decoder opens one group at a time and reuses its memory. It keeps names, so that
// records of many groups share them. The zero value is ready for use. It is not safe
// for concurrent use.
type Decoder struct {
	names map[string]string
	group Group
}

// maxNames bounds the names that a Decoder keeps.
const maxNames = 1 << 16

func (d *Decoder) name(b []byte) string {
	if s, ok := d.names[string(b)]; ok {
		return s
	}
	if d.names == nil || len(d.names) >= maxNames {
		d.names = map[string]string{}
	}
	s := string(b)
	d.names[s] = s
	return s
}

// A Group is an opened group: its checksum is verified and its directory read. It is
// valid until its Decoder opens the next one.
type Group struct {
	First eventlog.Position
	Count uint64 // positions, holes included
	Parts []Part
	Log   chain.Digest // L after the last record

	decoder *Decoder
	base    int64
	c       cursor
	ready   bool // the tables are read
	err     error

	authors []eventlog.AuthorID
	clients []eventlog.ClientID
	kinds   []kind
	seqs    []uint64

	at     uint64   // positions read
	seen   []uint64 // records read, by part
	times  []int64  // of the last record read, by part
	stream int
	origin origin
	time   int64
}

// Last returns the position of the group's last record.
func (g *Group) Last() eventlog.Position { return g.First + eventlog.Position(g.Count) - 1 }

// Part returns the directory entry of a stream, or nil.
func (g *Group) Part(stream eventlog.Stream) *Part {
	for i := range g.Parts {
		if g.Parts[i].Stream == stream {
			return &g.Parts[i]
		}
	}
	return nil
}

// Open checks a group's checksum and reads its directory. The records of Next share
// memory with value, which must not be changed while they are in use. The errors of
// Open and Next wrap eventlog.ErrDamaged.
func (d *Decoder) Open(value []byte) (*Group, error) { return d.open(value, true) }

// OpenUnchecked is Open for a group whose checksum does not match: whatever it and
// Next return may be wrong, unless a chain value proves it.
func (d *Decoder) OpenUnchecked(value []byte) (*Group, error) { return d.open(value, false) }

func (d *Decoder) open(value []byte, check bool) (*Group, error) {
	if len(value) <= tail {
		return nil, damaged("group of %d bytes", len(value))
	}
	if value[0] != format {
		return nil, damaged("group has format %d, want %d", value[0], format)
	}
	body := value[:len(value)-sha256.Size]
	if check && sha256.Sum256(body) != [sha256.Size]byte(value[len(body):]) {
		return nil, damaged("group of %d bytes: checksum does not match", len(value))
	}
	g := &d.group
	*g = Group{decoder: d, stream: -1, origin: origin{-1, -1, -1}, Parts: g.Parts,
		authors: g.authors, clients: g.clients, kinds: g.kinds, seqs: g.seqs, seen: g.seen, times: g.times}
	g.Log = chain.Digest(body[len(body)-len(g.Log):])
	g.c.b = body[1 : len(body)-len(g.Log)]
	if err := g.head(); err != nil {
		return nil, err
	}
	return g, nil
}

// sized returns n zero values, in the memory of s if they fit.
func sized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func damaged(f string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(f, args...), eventlog.ErrDamaged)
}

func (g *Group) head() error {
	c := &g.c
	g.Count, g.First, g.base = c.uvarint(), eventlog.Position(c.uvarint()), c.zigzag()
	g.time = g.base
	if !c.bad && (g.Count == 0 || g.First == 0 || g.Count > math.MaxInt64 || g.First > math.MaxInt64) {
		return damaged("group of %d records from position %d", g.Count, g.First)
	}
	g.Parts = sized(g.Parts, c.length(36))
	total := uint64(0)
	for i := range g.Parts {
		p := &g.Parts[i]
		p.Stream = eventlog.Stream(g.decoder.name(c.take(uint64(c.byte()))))
		p.First, p.Count = eventlog.Revision(c.uvarint()), c.uvarint()
		p.Time = g.base + c.zigzag()
		copy(p.Chain[:], c.take(sha256.Size))
		if c.bad {
			break
		}
		if len(p.Stream) == 0 || p.First == 0 || p.First > math.MaxInt64 || p.Count == 0 || p.Count > g.Count-total {
			return damaged("group from position %d: directory entry %d of %q: %d records from revision %d",
				g.First, i, p.Stream, p.Count, p.First)
		}
		total += p.Count
	}
	if c.bad {
		return damaged("group from position %d: directory: %v", g.First, errShort)
	}
	return nil
}

func (g *Group) tables() error {
	c := &g.c
	g.ready = true
	g.authors = sized(g.authors, c.length(16))
	for i := range g.authors {
		copy(g.authors[i][:], c.take(16))
	}
	g.clients = sized(g.clients, c.length(16))
	for i := range g.clients {
		copy(g.clients[i][:], c.take(16))
	}
	g.kinds = sized(g.kinds, c.length(3))
	for i := range g.kinds {
		g.kinds[i].name = g.decoder.name(c.take(uint64(c.byte())))
		schema := c.uvarint()
		if schema > math.MaxUint32 || len(g.kinds[i].name) == 0 && !c.bad {
			return damaged("group from position %d: kind %d", g.First, i)
		}
		g.kinds[i].schema = uint32(schema)
	}
	if c.bad {
		return damaged("group from position %d: tables: %v", g.First, errShort)
	}
	g.seqs = sized(g.seqs, len(g.clients))
	g.seen = sized(g.seen, len(g.Parts))
	g.times = sized(g.times, len(g.Parts))
	return nil
}
