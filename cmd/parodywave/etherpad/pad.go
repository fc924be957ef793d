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

// A Pad is an export that proved true.
type Pad struct {
	ID        string
	Authors   map[string]string // names by Etherpad's ids; "" has none
	Revisions []Revision        // from 0 on; revision 0 is made for the empty text
	Saved     []Saved           // in the order of the file

	Formats map[string]int // how often each attribute that is dropped was set
	Others  int            // UTF-16 units that were inserted in another's name than the revision's
	Mended  int            // revisions in which U+FFFD stands for a unit that no text may hold
	Delayed int            // revisions whose time was before that of the one before, which they got

	final []operation // attributes of the final text
	pool  pool
}

// A Revision is what somebody did at once.
type Revision struct {
	Author string // Etherpad's id, "" if it tells none
	Time   int64  // Unix milliseconds; never before that of the revision before
	Change ot.Change
}

// Saved is a revision that was marked.
type Saved struct {
	Revision int
	Label    string
	Author   string
	Time     int64 // Unix milliseconds
}

// ErrNoPad is wrapped by errors that say that the file is no export of a pad.
var ErrNoPad = errors.New("no export of a pad")

// ErrPartial is wrapped by errors that say that revisions are missing.
var ErrPartial = errors.New("history is not complete")

// A RevisionError says which revision does not hold, and why.
type RevisionError struct {
	Revision int
	Err      error
}

func (e *RevisionError) Error() string { return fmt.Sprintf("revision %d: %v", e.Revision, e.Err) }

// Unwrap returns what is wrong.
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

// inside is the name of an entry that belongs to a pad and is none.
var inside = regexp.MustCompile(`:(revs|chat):\d+$`)

// IsPad reports whether a file begins as exports do.
func IsPad(b []byte) bool {
	head := strings.TrimLeft(string(b[:min(len(b), 64)]), " \t\r\n")
	return strings.HasPrefix(head, "{") && strings.HasPrefix(strings.TrimLeft(head[1:], " \t\r\n"), `"pad:`)
}

// Read reads an export and checks all of it. The error is a *RevisionError where
// one revision is what is wrong, and otherwise wraps ErrNoPad or ErrPartial.
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
		return nil, &RevisionError{*entry.Head, fmt.Errorf("the revisions lead to another text than the pad has, from unit %d on", differ(t.raw, entry.AText.Text))}
	}
	if p.final, err = parseAttributes(entry.AText.Attribs, entry.AText.Text); err != nil {
		return nil, &RevisionError{*entry.Head, err}
	}
	for _, s := range entry.SavedRevisions {
		if s.RevNum < 0 || s.RevNum > *entry.Head {
			continue // of a history that was cut since
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
		return "", nil, fmt.Errorf("there are %d pads in it, not one: %w", len(keys), ErrNoPad)
	}
	entry := new(padEntry)
	if err := json.Unmarshal(f[keys[0]], entry); err != nil {
		return "", nil, fmt.Errorf("%s: %w: %w", keys[0], err, ErrNoPad)
	}
	if entry.Head == nil || *entry.Head < 0 {
		return "", nil, fmt.Errorf("%s does not tell its head: %w", keys[0], ErrNoPad)
	}
	return keys[0], entry, nil
}

// complete refuses a history with gaps, and tells of the first.
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

// revision takes revision r in.
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
		return fmt.Errorf("it leads to another text than it says, from unit %d on", differ(a.Text, t.raw))
	}
	p.count(&cs, entry.Meta.Author)
	if r == 0 { // here a text begins empty
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

// milliseconds returns a time, 0 for what cannot be one.
func milliseconds(v float64) int64 {
	if v < 0 || v >= 1<<52 {
		return 0
	}
	return int64(v)
}

// names looks up what the authors were called.
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

// differ returns where two texts begin to differ.
func differ(a, b []uint16) int {
	n, _ := ot.Ends(a, b)
	return n
}
