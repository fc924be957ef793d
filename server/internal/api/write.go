package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// NewThread begins a thread with a title and a text, which may be empty, in one
// append.
func (a *API) NewThread(ctx context.Context, title, text string, as people.Identity) (eventlog.Stream, error) {
	title, bad := wire.CleanTitle(title, a.Limits)
	if bad != nil {
		return "", bad
	}
	if err := a.checkText(text); err != nil {
		return "", err
	}
	author, err := a.identify(ctx, as)
	if err != nil {
		return "", err
	}
	ctx = keyFor(ctx, author)
	stream, err := a.Threads.Open(ctx, author, title, text)
	if errors.Is(err, authority.ErrOpened) {
		return stream, a.opened(ctx, stream)
	}
	return stream, err
}

// opened returns nil if the thread was opened by this very request before.
func (a *API) opened(ctx context.Context, stream eventlog.Stream) error {
	k, _ := authority.KeyOf(ctx)
	for r, err := range a.Log.Read(ctx, stream, 0) {
		if err != nil {
			return err
		}
		if r.Client != k.Client || r.Seq != k.Digest {
			return authority.ErrOtherRequest
		}
		break
	}
	if _, ok := a.Threads.Get(stream); ok {
		return nil
	}
	t, err := projection.Replay(ctx, a.Log, stream, 0) // its append had an unknown outcome
	if err == nil {
		a.Threads.Update(t.Summary())
	}
	return err
}

// Put appends the difference between the text of w.Base and w.Text, carried over
// what others wrote since, as one change (authority.Put). It sets w.Author.
func (a *API) Put(ctx context.Context, thread eventlog.Stream, w authority.Write, as people.Identity) (out authority.Written, err error) {
	if err := a.checkText(w.Text); err != nil {
		return out, err
	}
	err = a.edit(ctx, thread, as, func(ctx context.Context, au *authority.Authority, author eventlog.AuthorID) (err error) {
		w.Author = author
		out, err = au.Put(ctx, w)
		return err
	})
	return out, err
}

// Revise appends a change that was made for the text of revision at, rebased
// over the edits since. Where expected is not 0 the head must be there. It
// returns the head; where rebasing leaves nothing of the change it appends
// nothing. Statements of f are recorded only if there are no edits since.
func (a *API) Revise(ctx context.Context, thread eventlog.Stream, f event.Changed, at, expected eventlog.Revision, as people.Identity) (head eventlog.Revision, err error) {
	err = a.edit(ctx, thread, as, func(ctx context.Context, au *authority.Authority, author eventlog.AuthorID) (err error) {
		head, err = au.Revise(ctx, author, f, at, expected)
		return err
	})
	return head, err
}

// edit calls f with the authority of a thread and the author who edits it, and with a context that has the
// key of the request.
func (a *API) edit(ctx context.Context, thread eventlog.Stream, as people.Identity, f func(context.Context, *authority.Authority, eventlog.AuthorID) error) error {
	if _, ok := a.Threads.Get(thread); !ok { // before an author gets a name
		return fmt.Errorf("thread %s: %w", thread, eventlog.ErrNotFound)
	}
	if why := a.Threads.Damaged(thread); why != nil {
		return why
	}
	author, err := a.identify(ctx, as)
	if err != nil {
		return err
	}
	ctx = keyFor(ctx, author)
	return a.Threads.With(ctx, thread, func(au *authority.Authority) error { return f(ctx, au, author) })
}

func (a *API) identify(ctx context.Context, as people.Identity) (eventlog.AuthorID, error) {
	name, bad := wire.CleanUser(as.Name, a.Limits)
	if bad != nil {
		return eventlog.AuthorID{}, bad
	}
	return a.People.Resolve(ctx, people.Identity{Name: name, Kind: as.Kind})
}

// checkText refuses a text that no thread can have. It repairs nothing.
func (a *API) checkText(text string) error {
	at := strings.IndexAny(text, "\r\x00")
	switch {
	case len(text) > a.Limits.Text:
		return wire.Errorf(wire.TooLarge, "the text has %d bytes, but a thread can have at most %d", len(text), a.Limits.Text)
	case strings.Count(text, "\n") >= a.Limits.Lines:
		return wire.Errorf(wire.TooLarge, "the text has %d lines, but a thread can have at most %d", strings.Count(text, "\n")+1, a.Limits.Lines)
	case !utf8.ValidString(text):
		return wire.Errorf(wire.BadValue, "the text is not UTF-8: convert it first")
	case at < 0:
		return nil
	}
	bad := "a NUL character"
	if text[at] == '\r' {
		bad = "a carriage return (convert line ends to LF first)"
	}
	return wire.Errorf(wire.BadValue, "line %d has %s", 1+strings.Count(text[:at], "\n"), bad)
}

// postThread opens a thread: {"title": …}.
func (a *API) postThread(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	fields, err := a.fields(w, r)
	if err != nil {
		return err
	}
	m, err := a.decode("rename", fields, "title")
	if err != nil {
		return err
	}
	stream, err := a.NewThread(r.Context(), m.(wire.Rename).Title, "", as)
	if err != nil {
		return err
	}
	t, _ := a.Threads.Get(stream)
	w.Header().Set("Location", "/api/threads/"+string(stream))
	writeJSON(w, http.StatusCreated, a.threadRow(&t))
	return nil
}

// put writes a whole text; baseOf says how it names its base. An empty text needs
// ?allow_empty=true.
func (a *API) put(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	base, exact, err := baseOf(r)
	if err != nil {
		return err
	}
	text, err := a.body(w, r, a.Limits.Text)
	if err != nil {
		return err
	}
	if text == "" && r.URL.Query().Get("allow_empty") != "true" {
		return wire.Errorf(wire.BadValue, "the text is empty: add allow_empty=true if that is meant")
	}
	done, err := a.Put(r.Context(), threadOf(r), authority.Write{Text: text, Base: base, Exact: exact}, as)
	if err != nil {
		return err
	}
	answer := jsonrow.Put{Rev: done.Head, Merged: done.Merged, Overlaps: make([]jsonrow.Overlap, len(done.Overlaps))}
	for i, o := range done.Overlaps {
		answer.Overlaps[i] = jsonrow.Overlap{Lines: [2]int{o.From, o.To}, Text: o.Text, Revs: [2]eventlog.Revision{o.First, o.Last}}
		for _, id := range o.Authors {
			answer.Overlaps[i].Users = append(answer.Overlaps[i].Users, a.People.Name(id))
		}
	}
	w.Header().Set("ETag", fmt.Sprintf("\"%d\"", done.Head))
	writeJSON(w, http.StatusOK, answer)
	return nil
}
