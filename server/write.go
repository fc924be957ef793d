package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// NewThread opens a thread by as with a title and a text, which may be empty, in
// one append.
func (s *Server) NewThread(ctx context.Context, title, text string, as Identity) (eventlog.Stream, error) {
	title, bad := wire.CleanTitle(title, s.limits)
	if bad != nil {
		return "", bad
	}
	if err := s.checkText(text); err != nil {
		return "", err
	}
	author, err := s.identify(ctx, as)
	if err != nil {
		return "", err
	}
	room, err := s.hub.open(ctx, author, title, text)
	if err != nil {
		return "", err
	}
	s.hub.release(room)
	return room.stream, nil
}

// Put makes a thread's text what it says, as a difference in one append. Where
// expected is not 0 the head must be there. It returns the head.
func (s *Server) Put(ctx context.Context, thread eventlog.Stream, text string, as Identity, expected eventlog.Revision) (eventlog.Revision, error) {
	if err := s.checkText(text); err != nil {
		return 0, err
	}
	if _, ok := s.hub.get(thread); !ok {
		return 0, fmt.Errorf("thread %s: %w", thread, eventlog.ErrNotFound)
	}
	author, err := s.identify(ctx, as)
	if err != nil {
		return 0, err
	}
	room, err := s.hub.acquire(ctx, thread)
	if err != nil {
		return 0, err
	}
	defer s.hub.release(room)
	return room.authority.Put(ctx, author, text, expected)
}

// Revise appends a change that was made for the text of revision at, carried
// over what was logged since. Where expected is not 0 the head must be there. It
// returns the head; where nothing is left of the change nothing is appended.
func (s *Server) Revise(ctx context.Context, thread eventlog.Stream, c ot.Change, at, expected eventlog.Revision, as Identity) (eventlog.Revision, error) {
	if _, ok := s.hub.get(thread); !ok {
		return 0, fmt.Errorf("thread %s: %w", thread, eventlog.ErrNotFound)
	}
	author, err := s.identify(ctx, as)
	if err != nil {
		return 0, err
	}
	room, err := s.hub.acquire(ctx, thread)
	if err != nil {
		return 0, err
	}
	defer s.hub.release(room)
	return room.authority.Revise(ctx, author, c, at, expected)
}

func (s *Server) identify(ctx context.Context, as Identity) (eventlog.AuthorID, error) {
	name, bad := wire.CleanUser(as.Name, s.limits)
	if bad != nil {
		return eventlog.AuthorID{}, bad
	}
	return s.people.resolve(ctx, Identity{name, as.Kind})
}

// checkText refuses what no text of ours holds; nothing is repaired.
func (s *Server) checkText(text string) error {
	bad := ""
	switch at := 0; {
	case len(text) > s.limits.Text:
		return refusal(wire.TooLarge, "", "the text has %d bytes and a thread at most %d", len(text), s.limits.Text)
	case !utf8.ValidString(text):
		return refusal(wire.BadValue, "", "the text is not UTF-8: convert it first")
	default:
		if at = strings.IndexAny(text, "\r\x00"); at < 0 {
			return nil
		}
		if bad = "a NUL character"; text[at] == '\r' {
			bad = "a carriage return (convert line ends to LF first)"
		}
		return refusal(wire.BadValue, "", "line %d has %s", 1+strings.Count(text[:at], "\n"), bad)
	}
}

// postThread opens a thread: {"title": …}, by whom the header says.
func (s *Server) postThread(w http.ResponseWriter, r *http.Request) {
	as, err := identityOf(r)
	if err != nil {
		writeError(w, err)
		return
	}
	body, err := s.body(w, r, s.limits.Frame)
	if err != nil {
		writeError(w, err)
		return
	}
	title, err := s.title(body)
	if err != nil {
		writeError(w, err)
		return
	}
	stream, err := s.NewThread(r.Context(), title, "", as)
	if err != nil {
		writeError(w, err)
		return
	}
	t, _ := s.hub.get(stream)
	w.Header().Set("Location", "/api/threads/"+string(stream))
	writeJSON(w, http.StatusCreated, s.threadRow(t))
}

// title reads {"title": …} as strictly as the wire does.
func (s *Server) title(body string) (string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		return "", refusal(wire.BadJSON, "", "the body is not a JSON object: %v", err)
	}
	frame := `{"type":"rename","title":` + string(fields["title"]) + `}`
	if fields["title"] == nil {
		frame = `{"type":"rename"}`
	}
	m, bad := wire.Decode([]byte(frame), s.limits)
	if bad != nil {
		bad.Re = ""
		return "", bad
	}
	return m.(wire.Rename).Title, nil
}

// putText replaces the text: If-Match: "REV" makes it conditional, an empty
// text needs ?allow_empty=true.
func (s *Server) putText(w http.ResponseWriter, r *http.Request) {
	as, err := identityOf(r)
	if err != nil {
		writeError(w, err)
		return
	}
	s.put(w, r, as)
}

func (s *Server) put(w http.ResponseWriter, r *http.Request, as Identity) {
	expected, err := ifMatch(r)
	if err != nil {
		writeError(w, err)
		return
	}
	text, err := s.body(w, r, s.limits.Text)
	if err != nil {
		writeError(w, err)
		return
	}
	if text == "" && r.URL.Query().Get("allow_empty") != "true" {
		writeError(w, refusal(wire.BadValue, "", "the text is empty: say allow_empty=true if that is meant"))
		return
	}
	rev, err := s.Put(r.Context(), threadOf(r), text, as, expected)
	if err != nil {
		if expected != 0 && errorFor(err, "").Code == wire.Stale {
			writeErrorStatus(w, err, http.StatusPreconditionFailed)
			return
		}
		writeError(w, err)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf("\"%d\"", rev))
	writeJSON(w, http.StatusOK, map[string]any{"rev": rev})
}

func ifMatch(r *http.Request) (eventlog.Revision, error) {
	v := r.Header.Get("If-Match")
	if v == "" {
		v = r.URL.Query().Get("expected")
	}
	if v == "" || v == "*" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.Trim(v, `"`), 10, 53)
	if err != nil || n == 0 {
		return 0, refusal(wire.BadValue, "", "If-Match: %.40q is not a revision in quotes", v)
	}
	return eventlog.Revision(n), nil
}

func (s *Server) body(w http.ResponseWriter, r *http.Request, most int) (string, error) {
	if r.ContentLength > int64(most) {
		return "", refusal(wire.TooLarge, "", "the body has %d bytes and may have %d", r.ContentLength, most)
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(most)))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return "", refusal(wire.TooLarge, "", "the body has more than %d bytes", most)
	case err != nil:
		return "", refusal(wire.BadMessage, "", "the body cannot be read: %v", err)
	}
	return string(b), nil
}

// identityOf says who writes over HTTP: in nickname mode, whom the header
// Parodywave-User names, as it is or percent-encoded, since a browser puts no
// other than Latin letters into a header.
func identityOf(r *http.Request) (Identity, error) {
	name := r.Header.Get("Parodywave-User")
	if name == "" {
		return Identity{}, refusal(wire.BadMessage, "", "say who writes in the header Parodywave-User")
	}
	if plain, err := url.PathUnescape(name); err == nil && utf8.ValidString(plain) {
		name = plain
	}
	return Identity{name, event.Person}, nil
}
