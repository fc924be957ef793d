package event_test

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"

	"parodywave/eventlog"
)

// TestPackedBytesStayAsReleased holds the form of packed bodies: these columns
// were made by the first release that had them, and keep their meaning permanently.
func TestPackedBytesStayAsReleased(t *testing.T) {
	var records []eventlog.Record
	body := func(shape string, lines ...string) {
		r := eventlog.Record{Shape: []byte(shape)}
		for _, l := range lines {
			r.Text = append(binary.BigEndian.AppendUint32(r.Text, uint32(len(l))), l...)
		}
		records = append(records, r)
	}
	body(`null`, "a title")
	body(`[[0,1]]`, "h")
	body(`[1,[0,1]]`, "ä")
	body(`[2,[0,0,0]]`, "", "")
	body(`[2,[1]]`)
	body(`[1,[1]]`)
	body(`[[0,2,1],1]`, "\U0001f600", "x")
	body(`[4,[1]]`)
	body(`[2,[1],1]`)
	body(`[2,[1]]`)
	for range 9 {
		body(`[]`)
	}
	body(`[7,[3,1],100]`, "y")
	body(`[1,[1],3,[1]]`)
	body(`[08,[0,1]]`, "z")
	want := []string{
		"\x20\x62\x43\x29\x24\x4c\x00\x39\x40", // rows
		"\x01",                                 // counts: nine
		"\x01\x03\x0a",                         // jumps: -1, -2, 5
		"\xd8\x01",                             // lengths: 108 more
		"\x00\x06\x03\x01",                     // sizes
		"hä\n\U0001f600\nxy",                   // text
		"\x04\x0b" + strings.Repeat("\x02\x00", 9) + "\x0d\x00\x0a\x05", // plain sizes
		"null" + strings.Repeat("[]", 9) + "[1,[1],3,[1]]" + "[08,[0,1]]",
		"\x00\x00\x00\x07a title" + "\x00\x00\x00\x01z",
	}
	var columns [][]byte
	for _, w := range want {
		columns = append(columns, []byte(w))
	}
	if got := pack(records); !reflect.DeepEqual(got, columns) {
		t.Errorf("columns are\n%q, were\n%q", got, columns)
	}
	if d := unpackDifference(columns, records); d != "" {
		t.Error(d)
	}
}
