package wire

import (
	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/strictjson"
)

func (d *decoder) fail(code Code, format string, args ...any) {
	if d.err == nil {
		d.err = Errorf(code, format, args...)
	}
}

// has reports whether an optional field is there. A field that is null is not.
func (d *decoder) has(f fieldName) bool {
	raw := d.fields[f].raw
	return raw != nil && raw[0] != 'n'
}

// get returns the JSON of a required field. It must begin with one of the bytes of
// first, that is, be of a certain JSON type. Otherwise get sets the error and returns
// nil.
func (d *decoder) get(f fieldName, first string, what string) []byte {
	raw := d.fields[f].raw
	switch {
	case d.err != nil:
	case !d.has(f):
		d.fail(BadMessage, "%q is missing: send it as %s", f, what)
	case d.fields[f].twice:
		d.fail(BadMessage, "%q is there more than once: send it once", f)
	case !begins(raw, first):
		d.fail(BadMessage, "%q has the wrong type: send it as %s", f, what)
	default:
		return raw
	}
	return nil
}

func begins(raw []byte, first string) bool {
	for i := range len(first) {
		if raw[0] == first[i] {
			return true
		}
	}
	return false
}

const numeric = "-0123456789" // the first bytes of JSON numbers

func (d *decoder) str(f fieldName) string {
	raw := d.get(f, `"`, "a string")
	if raw == nil {
		return ""
	}
	flaws := d.fields[f].flaws
	switch {
	case flaws&strictjson.Lone != 0:
		d.fail(BadValue, "%q contains half of a surrogate pair: send whole characters", f)
	case flaws&strictjson.NUL != 0:
		d.fail(BadValue, "%q contains U+0000: leave it out", f)
	default:
		return strictjson.Unquote(raw, flaws)
	}
	return ""
}

// line returns the field value, which must be one line.
func (d *decoder) line() string {
	s := d.str(fieldValue)
	if d.fields[fieldValue].flaws&strictjson.LineBreak != 0 {
		d.fail(BadValue, `"value" contains a line break: send each line in a message of its own`)
	}
	return s
}

func (d *decoder) user() string {
	return d.name(fieldUser, CleanUser)
}

func (d *decoder) title() string {
	return d.name(fieldTitle, CleanTitle)
}

func (d *decoder) name(f fieldName, clean func(string, Limits) (string, *Error)) string {
	s := d.str(f)
	if d.err == nil {
		s, d.err = clean(s, *d.limits)
	}
	return s
}

// thread returns the field id. The error for a text that is not a ULID is that for a
// ULID of no thread.
func (d *decoder) thread() eventlog.Stream {
	s := d.str(fieldID)
	if d.err != nil {
		return ""
	}
	id, err := ParseThreadID(s)
	if err != nil {
		d.fail(NotFound, "there is no thread with this id: ask for the list")
	}
	return id
}

func (d *decoder) client() eventlog.ClientID {
	raw := d.get(fieldClient, `"`, "a string")
	if raw == nil {
		return eventlog.ClientID{}
	}
	id, err := ParseClientID(string(raw[1 : len(raw)-1]))
	if err != nil {
		d.fail(BadValue, `"client" is not a ULID: send 26 characters of Crockford's base 32`)
	}
	return id
}

func (d *decoder) digest(f fieldName) *chain.Digest {
	raw := d.get(f, `"`, "a string")
	if raw == nil {
		return nil
	}
	digest, err := chain.ParseDigest(string(raw[1 : len(raw)-1]))
	if err != nil {
		d.fail(BadValue, "%q is not a chain value: send the 64 hexadecimal digits that the server sent", f)
	}
	return &digest
}

// flag returns a field that is true or false.
func (d *decoder) flag(f fieldName) bool {
	raw := d.get(f, "tf", "true or false")
	return raw != nil && raw[0] == 't'
}

func (d *decoder) revision(f fieldName) eventlog.Revision {
	return eventlog.Revision(d.number(f))
}

// number returns a field that is a number, 0 to MaxNumber.
func (d *decoder) number(f fieldName) uint64 {
	raw := d.get(f, numeric, "a number")
	if raw == nil {
		return 0
	}
	return d.digits(f, raw)
}

// digits reads the JSON of a number. It must be written in digits alone, as
// JSON writers do for whole numbers: 1.0 and 1e3 are refused like 1.5.
func (d *decoder) digits(f fieldName, raw []byte) uint64 {
	n, rest, ok := strictjson.CutUint(raw)
	if !ok || len(rest) > 0 {
		d.fail(BadValue, "%q is not a whole number from 0 to %d: send one", f, uint64(MaxNumber))
		return 0
	}
	return n
}

// pair reads the JSON of an array of two numbers.
func (d *decoder) pair(f fieldName, raw []byte) (pair [2]int) {
	n := 0
	for e := range strictjson.Elements(raw) {
		if d.err != nil {
			break
		}
		if !begins(e, numeric) {
			d.fail(BadMessage, "%q holds something that is not a number: send pairs of numbers", f)
		} else if n < 2 {
			pair[n] = int(d.digits(f, e))
		}
		n++
	}
	if n != 2 {
		d.fail(BadValue, "%q holds an array that is not of two numbers: send pairs", f)
	}
	return pair
}
