package wire

import (
	"strconv"

	"parodywave/eventlog"
)

// ActivityPerSecond is how many ActivityReply frames a second a client gets
// that asked for them. One of them has Detail.
const ActivityPerSecond = 20

// ActivityReply is what the server does. The three counts are since the frame
// before.
type ActivityReply struct {
	At          int64 // Unix milliseconds
	Connections int   // open now
	Threads     int
	Edits       uint64 // changes logged
	Deliveries  uint64 // frames sent, without those of this type
	Pushes      uint64 // messages with edits that arrived
	Detail      *ActivityDetail
}

// ActivityDetail is about the last ten seconds.
type ActivityDetail struct {
	Ack     Ack
	Busiest []BusyThread // most edits first, at most RowsInActivity
	People  []BusyPerson // most edits first, at most PeopleInActivity
}

const (
	RowsInActivity   = 10
	PeopleInActivity = 20
)

// Ack is the time from when edits arrived until they were on disk.
type Ack struct {
	P50, P99 int64 // microseconds; sent as milliseconds
	N        uint64
}

// A BusyThread is a thread with edits.
type BusyThread struct {
	ID          eventlog.Stream
	Title       string
	Edits       uint64
	Connections int // joined now
}

// A BusyPerson is an author with edits.
type BusyPerson struct {
	User  string
	Edits uint64
}

// AppendJSON appends the frame `activity`.
func (m *ActivityReply) AppendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"type":"activity","at":`...), m.At, 10)
	dst = appendInt(dst, `,"connections":`, m.Connections)
	dst = appendInt(dst, `,"threads":`, m.Threads)
	dst = appendCount(dst, `,"edits":`, m.Edits)
	dst = appendCount(dst, `,"deliveries":`, m.Deliveries)
	dst = appendCount(dst, `,"pushes":`, m.Pushes)
	if m.Detail != nil {
		dst = m.Detail.appendJSON(dst)
	}
	return append(dst, '}')
}

func (d *ActivityDetail) appendJSON(dst []byte) []byte {
	dst = appendMillis(append(dst, `,"ack":{"p50":`...), d.Ack.P50)
	dst = appendMillis(append(dst, `,"p99":`...), d.Ack.P99)
	dst = append(appendCount(dst, `,"n":`, d.Ack.N), '}')
	dst = appendList(dst, `,"busiest":`, d.Busiest, func(dst []byte, t *BusyThread) []byte {
		dst = appendText(dst, `{"id":`, string(t.ID))
		dst = appendText(dst, `,"title":`, t.Title)
		dst = appendCount(dst, `,"edits":`, t.Edits)
		dst = appendInt(dst, `,"connections":`, t.Connections)
		return append(dst, '}')
	})
	return appendList(dst, `,"people":`, d.People, func(dst []byte, p *BusyPerson) []byte {
		dst = appendText(dst, `{"user":`, p.User)
		dst = appendCount(dst, `,"edits":`, p.Edits)
		return append(dst, '}')
	})
}

func appendCount(dst []byte, key string, n uint64) []byte {
	return strconv.AppendUint(append(dst, key...), n, 10)
}

// appendMillis appends microseconds as milliseconds.
func appendMillis(dst []byte, micros int64) []byte {
	return strconv.AppendFloat(dst, float64(micros)/1000, 'f', -1, 64)
}
