package etherpad

import (
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

// A Pad is a verified export.
type Pad struct {
	ID        string
	Authors   map[string]string // names by Etherpad's ids; "": no name
	Revisions []Revision        // from 0 on; revision 0 is made for the empty text
	Saved     []Saved           // in the order of the file

	Formats map[string]int // how often each dropped attribute was set
	Others  int            // UTF-16 units inserted in another author's name than the revision's
	Mended  int            // revisions with an invalid unit, which became U+FFFD
	Delayed int            // revisions with a time before the previous revision, whose time they got

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

// ErrPartial is wrapped if revisions are missing.
var ErrPartial = errors.New("the history is incomplete")

// A RevisionError names a revision that is invalid, and the reason.
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

// inside matches the keys of entries that belong to a pad.
var inside = regexp.MustCompile(`:(revs|chat):\d+$`)

// IsPad reports whether a file begins as an export does.
func IsPad(b []byte) bool {
	head := strings.TrimLeft(string(b[:min(len(b), 64)]), " \t\r\n")
	return strings.HasPrefix(head, "{") && strings.HasPrefix(strings.TrimLeft(head[1:], " \t\r\n"), `"pad:`)
}

// Read reads an export and checks all of it. The error is a *RevisionError if one
// revision is invalid, and otherwise wraps ErrNoPad or ErrPartial.
func Read(b []byte) (*Pad, error) {
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
	p := &Pad{ID: strings.TrimPrefix(key, "pad:"), Authors: map[string]string{}, Formats: map[string]int{}}
	if p.pool, err = newPool(entry.Pool.NumToAttrib); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", key, err, ErrNoPad)
	}
	if err := f.complete(key, *entry.Head); err != nil {
		return nil, err
	}
	t := newText()
	for r := range *entry.Head + 1 {
		if err := p.revision(f, key, r, t); err != nil {
			return nil, &RevisionError{r, err}
		}
	}
	if !slices.Equal(t.raw, entry.AText.Text) {
		return nil, &RevisionError{*entry.Head, fmt.Errorf("the text of all revisions differs from the pad's, from unit %d on", differ(t.raw, entry.AText.Text))}
	}
	if p.final, err = parseAttributes(entry.AText.Attribs, entry.AText.Text); err != nil {
		return nil, &RevisionError{*entry.Head, err}
	}
	for _, s := range entry.SavedRevisions {
		if s.RevNum < 0 || s.RevNum > *entry.Head {
			continue // its history was cut later
		}
		p.Saved = append(p.Saved, Saved{s.RevNum, s.Label, s.SavedByID, milliseconds(s.Timestamp)})
	}
	p.names(f)
	return p, nil
}

// pad returns the one pad of a file.
func (f file) pad() (string, *padEntry, error) {
	var keys []string
	for key := range f {
		if strings.HasPrefix(key, "pad:") && !inside.MatchString(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) != 1 {
		return "", nil, fmt.Errorf("the file has %d pads instead of one: %w", len(keys), ErrNoPad)
	}
	entry := new(padEntry)
	if err := json.Unmarshal(f[keys[0]], entry); err != nil {
		return "", nil, fmt.Errorf("%s: %w: %w", keys[0], err, ErrNoPad)
	}
	if entry.Head == nil || *entry.Head < 0 {
		return "", nil, fmt.Errorf("%s has no head: %w", keys[0], ErrNoPad)
	}
	return keys[0], entry, nil
}

// complete returns an error for the first gap in the history.
func (f file) complete(key string, head int) error {
	for r := 0; r <= head; r++ {
		if f[revKey(key, r)] != nil {
			continue
		}
		to := r
		for to < head && f[revKey(key, to+1)] == nil {
			to++
		}
		return fmt.Errorf("revisions %d to %d of 0 to %d are missing: %w", r, to, head, ErrPartial)
	}
	return nil
}

func revKey(key string, r int) string { return key + ":revs:" + strconv.Itoa(r) }

// revision reads, checks and applies revision r.
func (p *Pad) revision(f file, key string, r int, t *text) error {
	var entry revEntry
	if err := json.Unmarshal(f[revKey(key, r)], &entry); err != nil {
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
	c, mend := t.apply(edits)
	if mend {
		p.Mended++
	}
	if a := entry.Meta.AText; a != nil && !slices.Equal(a.Text, t.raw) {
		return fmt.Errorf("its text differs from the stated text, from unit %d on", differ(a.Text, t.raw))
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
