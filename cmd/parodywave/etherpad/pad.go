package etherpad

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog/ot"
)

// A Pad is an export that was checked.
type Pad struct {
	ID        string
	Authors   map[string]string // names by Etherpad's ids; "": no name
	Revisions []Revision        // the whole ones, from 0 on; revision 0 is made for the empty text
	Saved     []Saved           // of these revisions, in the order of the file

	// Broken says why there are no more revisions; nil if the history is whole. Lost is
	// how many there should be, and Text the text that the pad has after them.
	Broken *RevisionError
	Lost   int
	Text   []uint16 // a valid text

	Formats map[string]int // how often each dropped attribute was set
	Dropped map[string]int // what else the file has, by its key's first word: chat, comments
	Others  int            // UTF-16 units inserted in another author's name than the revision's
	Mended  int            // revisions with an invalid unit, which became U+FFFD
	Delayed int            // revisions with a time before the previous revision, whose time they got
	Cut     int            // saved revisions of revisions that the file does not have

	final []operation // attributes of the final text
	pool  pool
}

// A Revision is one change of a pad.
type Revision struct {
	Author string // Etherpad's id, "" if unknown
	Time   int64  // Unix milliseconds; never before the previous revision
	Change ot.Change
}

// Saved is a saved revision, which has a label.
type Saved struct {
	Revision int
	Label    string
	Author   string
	Time     int64 // Unix milliseconds
}

// ErrNoPad is wrapped if the file is not an export of a pad.
var ErrNoPad = errors.New("not an export of a pad")

// A RevisionError names a revision that is broken, and the reason.
type RevisionError struct {
	Revision int
	Err      error
}

func (e *RevisionError) Error() string { return fmt.Sprintf("revision %d: %v", e.Revision, e.Err) }

// Unwrap returns the reason.
func (e *RevisionError) Unwrap() error { return e.Err }

type file map[string]json.RawMessage

type atext struct{ Text, Attribs units }

type padEntry struct {
	AText atext
	Pool  struct {
		NumToAttrib map[string][]string
	}
	Head           *int
	SavedRevisions []struct {
		RevNum    int
		SavedByID string `json:"savedById"`
		Label     string
		Timestamp float64
	}
}

type revEntry struct {
	Changeset units
	Meta      struct {
		Author    string
		Timestamp float64
		AText     *atext
	}
}

// parts matches the keys of the parts of a pad.
var parts = regexp.MustCompile(`^(pad:.*):(revs|chat):\d+$`)

const bom = "\ufeff"

// IsPad reports whether a file is an export of a pad, by its keys.
func IsPad(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte(bom))
	if !bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("{")) {
		return false
	}
	var f file
	if json.Unmarshal(b, &f) != nil {
		return false
	}
	for key := range f {
		if parts.MatchString(key) {
			return true
		}
	}
	return len(f.pads()) == 1
}

// Read reads an export and checks all of it. Revisions after the first that is broken are
// left out, see Pad.Broken: Etherpad on a MySQL of old has some, whose emoji became four
// question marks. The error wraps ErrNoPad, or the error of ctx.
func Read(ctx context.Context, b []byte) (*Pad, error) {
	b = bytes.TrimPrefix(b, []byte(bom))
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("the file is not UTF-8: %w", ErrNoPad)
	}
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("the file is not JSON: %w: %w", err, ErrNoPad)
	}
	key, entry, err := f.pad()
	if err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(key, ":") // etherpad-go ends it so
	p := &Pad{
		ID: strings.TrimPrefix(base, "pad:"), Authors: map[string]string{},
		Formats: map[string]int{}, Dropped: map[string]int{},
	}
	if p.pool, err = newPool(entry.Pool.NumToAttrib); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", key, err, ErrNoPad)
	}
	t, err := p.history(ctx, f, base, *entry.Head)
	if err != nil {
		return nil, err
	}
	p.end(entry, t)
	for _, s := range entry.SavedRevisions {
		if s.RevNum < 0 || s.RevNum >= len(p.Revisions) {
			p.Cut++
			continue
		}
		p.Saved = append(p.Saved, Saved{s.RevNum, s.Label, s.SavedByID, milliseconds(s.Timestamp)})
	}
	p.names(f)
	p.drop(f)
	return p, nil
}

// pads returns the keys that may be those of a pad.
func (f file) pads() (keys []string) {
	for key := range f {
		if strings.HasPrefix(key, "pad:") && !parts.MatchString(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// pad returns the one pad of a file: plugins may have keys like one's, but no head.
func (f file) pad() (key string, pad *padEntry, err error) {
	keys := f.pads()
	heads := 0
	for _, k := range keys {
		entry := new(padEntry)
		if err := json.Unmarshal(f[k], entry); err != nil {
			return "", nil, fmt.Errorf("%s: %w: %w", k, err, ErrNoPad)
		}
		if entry.Head != nil && *entry.Head >= 0 {
			key, pad = k, entry
			heads++
		}
	}
	switch {
	case heads == 0 && len(keys) == 1:
		return "", nil, fmt.Errorf("%s has no head: %w", keys[0], ErrNoPad)
	case heads != 1:
		return "", nil, fmt.Errorf("the file has %d pads instead of one: %w", heads, ErrNoPad)
	}
	return key, pad, nil
}

// history reads the revisions up to head or the first that is broken, and returns the
// text after them.
func (p *Pad) history(ctx context.Context, f file, base string, head int) (*text, error) {
	t := newText()
	for r := 0; r <= head; r++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := errMissing
		if raw := f[base+":revs:"+strconv.Itoa(r)]; raw != nil {
			err = p.revision(raw, r, t)
		}
		if err != nil {
			p.Broken, p.Lost = &RevisionError{r, err}, head-r+1
			break
		}
	}
	return t, nil
}

var errMissing = errors.New("it is missing")

// end compares the text of all revisions with the pad's.
func (p *Pad) end(entry *padEntry, t *text) {
	want := entry.AText.Text
	if want == nil {
		want = t.raw // a pad is never empty: the file does not say its text
	}
	p.Text = make([]uint16, len(want))
	for i := range want {
		p.Text[i] = mended(want, i)
	}
	if p.Broken == nil && !slices.Equal(t.raw, want) {
		p.Broken = &RevisionError{len(p.Revisions) - 1, fmt.Errorf("the text of all revisions differs from the pad's, from unit %d on", differ(t.raw, want))}
	}
	var err error
	if p.final, err = parseAttributes(entry.AText.Attribs, entry.AText.Text); err != nil {
		p.final = nil
	}
}

// drop counts what the file has beside the pad's history and its authors.
func (p *Pad) drop(f file) {
	for key, raw := range f {
		word, _, _ := strings.Cut(key, ":")
		if m := parts.FindStringSubmatch(key); m != nil {
			word = m[2]
		}
		switch word {
		case "pad", "revs", "globalAuthor":
			continue
		}
		n := 1
		var members map[string]json.RawMessage
		if word != "chat" && json.Unmarshal(raw, &members) == nil {
			n = len(members) // comments:PAD has all of them
		}
		if n > 0 {
			p.Dropped[word] += n
		}
	}
}

// revision reads, checks and applies revision r. After an error t is what it was.
func (p *Pad) revision(raw json.RawMessage, r int, t *text) error {
	var entry revEntry
	if err := json.Unmarshal(raw, &entry); err != nil {
		return err
	}
	cs, err := parseChangeset(entry.Changeset)
	if err != nil {
		return err
	}
	edits, err := cs.edits(t)
	if err != nil {
		return err
	}
	if a := entry.Meta.AText; a != nil && len(a.Text) > 0 {
		if after := splice(slices.Clone(t.raw), edits); !slices.Equal(a.Text, after) {
			return fmt.Errorf("its text differs from the stated text, from unit %d on", differ(a.Text, after))
		}
	}
	c, mend := t.apply(edits)
	if mend {
		p.Mended++
	}
	p.count(&cs, entry.Meta.Author)
	if r == 0 { // a thread begins empty, a pad with a line break
		c = ot.Replace(0, 0, 0, t.clean)
	}
	ms := milliseconds(entry.Meta.Timestamp)
	last := int64(0)
	if r > 0 {
		last = p.Revisions[r-1].Time
	}
	if ms < last || ms <= 0 {
		p.Delayed++
		ms = last
	}
	p.Revisions = append(p.Revisions, Revision{entry.Meta.Author, ms, c})
	p.Authors[entry.Meta.Author] = ""
	return nil
}

// milliseconds returns a time, 0 for an invalid one.
func milliseconds(v float64) int64 {
	if v < 0 || v >= 1<<52 {
		return 0
	}
	return int64(v)
}

// names looks up the authors' names.
func (p *Pad) names(f file) {
	for _, s := range p.Saved {
		p.Authors[s.Author] = ""
	}
	for id := range p.Authors {
		var entry struct{ Name string }
		if raw := f["globalAuthor:"+id]; raw != nil && json.Unmarshal(raw, &entry) == nil {
			p.Authors[id] = entry.Name
		}
	}
}

// differ returns the index of the first unit that differs.
func differ(a, b []uint16) int {
	n, _ := ot.Ends(a, b)
	return n
}
