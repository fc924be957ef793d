package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

// baseOf reads which revision's text a body was made from, 0 for the head, and
// whether the head must be there: ?base= lets others have written since, the
// header If-Match and ?expected= do not. Without any of them the request is refused: its
// writer may not know what others wrote.
func baseOf(r *http.Request) (base eventlog.Revision, exact bool, err error) {
	match, given := r.Header.Get("If-Match"), r.URL.Query().Get("base")
	if match == "" {
		match = r.URL.Query().Get("expected")
	}
	if match == "*" { // any revision
		match = ""
	}
	switch {
	case match != "" && given != "":
		return 0, false, wire.Errorf(wire.BadValue, "base and If-Match are both given: use base=REV to merge, or If-Match: \"REV\" to be refused if others wrote since")
	case match != "":
		base, err = revisionOf(strings.Trim(match, `"`), "If-Match: %.40q is not a revision in quotes", match)
		return base, true, err
	case given == "head":
		return 0, false, nil
	case given != "":
		base, err = revisionOf(given, `base=%.40q is neither a revision nor "head"`, given)
		return base, false, err
	}
	return 0, false, wire.Errorf(wire.BaseRequired, "the request does not say from which revision the text was made: add ?base=REV, the ETag of the text that was read, to merge with what others wrote since; If-Match: \"REV\" to be refused if others wrote; or ?base=head to overwrite")
}

// revisionOf reads a revision. The error has the format and args.
func revisionOf(v, format string, args ...any) (eventlog.Revision, error) {
	n, err := strconv.ParseUint(v, 10, 53)
	if err != nil || n == 0 {
		return 0, wire.Errorf(wire.BadValue, format, args...)
	}
	return eventlog.Revision(n), nil
}

// body reads a body of at most most bytes.
func (a *API) body(w http.ResponseWriter, r *http.Request, most int) (string, error) {
	if r.ContentLength > int64(most) {
		return "", wire.Errorf(wire.TooLarge, "the body has %d bytes: send at most %d", r.ContentLength, most)
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(most)))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return "", wire.Errorf(wire.TooLarge, "the body is too large: send at most %d bytes", most)
	case err != nil:
		return "", wire.Errorf(wire.BadMessage, "the body cannot be read: %v", err)
	}
	noteBody(r, b)
	return string(b), nil
}

// fields reads a body that is a JSON object.
func (a *API) fields(w http.ResponseWriter, r *http.Request) (map[string]json.RawMessage, error) {
	body, err := a.body(w, r, a.Limits.Frame)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		return nil, wire.Errorf(wire.BadJSON, "the body is not a JSON object")
	}
	return fields, nil
}

// decode reads the named fields as strictly as the wire reads those of a message
// of that type.
func (a *API) decode(kind string, fields map[string]json.RawMessage, names ...string) (wire.Message, error) {
	frame := map[string]any{"type": kind}
	for _, name := range names {
		if fields[name] != nil {
			frame[name] = fields[name]
		}
	}
	b, err := json.Marshal(frame)
	if err != nil {
		return nil, wire.Errorf(wire.BadJSON, "%v", err)
	}
	m, bad := wire.Decode(b, a.Limits)
	if bad != nil {
		bad.Re = ""
		return nil, bad
	}
	return m, nil
}

// named returns the identity that the header Parodywave-User gives: a name
// as it is, or percent-encoded, since a browser puts only Latin letters into a
// header.
func named(r *http.Request) (people.Identity, error) {
	name := r.Header.Get("Parodywave-User")
	if name == "" {
		return people.Identity{}, wire.Errorf(wire.BadMessage, "give your name in the header Parodywave-User")
	}
	if plain, err := url.PathUnescape(name); err == nil && utf8.ValidString(plain) {
		name = plain
	}
	return people.Identity{Name: name, Kind: event.Person}, nil
}
