package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/projection"
)

// find returns the thread that arg names: by its id, its title, or the beginning
// or end of its id, in that order.
func (s *source) find(a *app, arg string) (eventlog.Stream, error) {
	heads, err := s.Streams(a.ctx)
	if err != nil {
		return "", err
	}
	var threads []eventlog.Stream
	for _, h := range heads {
		if string(h.Stream) == strings.ToUpper(arg) && event.IsThread(h.Stream) {
			return h.Stream, nil
		}
		if event.IsThread(h.Stream) {
			threads = append(threads, h.Stream)
		}
	}
	titles, err := s.titles(a)
	if err != nil {
		return "", err
	}
	return s.findReadable(a, arg, threads, titles)
}

// pick returns the thread that arg names by its id, its title, a title of the same
// names.Key, or the beginning or end of its id, in that order.
func pick(arg string, threads []eventlog.Stream, titles map[eventlog.Stream]string) (eventlog.Stream, error) {
	id, key := strings.ToUpper(arg), names.Key(arg)
	for _, match := range []func(eventlog.Stream) bool{
		func(t eventlog.Stream) bool { return string(t) == id },
		func(t eventlog.Stream) bool { return titles[t] == arg },
		func(t eventlog.Stream) bool { return titles[t] != "" && names.Key(titles[t]) == key },
		func(t eventlog.Stream) bool {
			return len(id) >= 4 && (strings.HasPrefix(string(t), id) || strings.HasSuffix(string(t), id))
		},
	} {
		var found []eventlog.Stream
		for _, t := range threads {
			if match(t) {
				found = append(found, t)
			}
		}
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return "", several(arg, found, titles)
		}
	}
	return "", notFound("parodywave threads lists all threads", "there is no thread %q: %w", arg, eventlog.ErrNotFound)
}

func several(arg string, found []eventlog.Stream, titles map[eventlog.Stream]string) error {
	var b strings.Builder
	for _, t := range found {
		fmt.Fprintf(&b, "\n%s %s", t, visible(titles[t]))
	}
	return &failure{fmt.Errorf("%q matches %d threads:%s", arg, len(found), b.String()), exitUsage, "use the id"}
}

// titles returns the current title of every thread. It unpacks only the sealed
// segments that have titles.
func (s *source) titles(a *app) (map[eventlog.Stream]string, error) {
	titles := map[eventlog.Stream]string{}
	note := func(stream eventlog.Stream, f event.Payload) {
		switch f := f.(type) {
		case event.Opened:
			titles[stream] = f.Title
		case event.Renamed:
			titles[stream] = f.Title
		}
	}
	var d event.SegmentDecoder
	for seg, err := range s.AllSegments(a.ctx) {
		if err != nil {
			return nil, err
		}
		if !titled(&seg) {
			continue
		}
		if err := d.Decode(&seg, func(r *event.Run) error {
			if r.Event != nil {
				note(seg.Stream, r.Event.Payload)
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return titles, nil
}

// titled reports whether a segment has a title of its thread.
func titled(seg *eventlog.Segment) bool {
	gives := func(kind string) bool { return kind == "opened" || kind == "renamed" }
	return slices.ContainsFunc(seg.Origins, func(m eventlog.Origin) bool { return gives(m.Kind) }) ||
		slices.ContainsFunc(seg.Records, func(r eventlog.Record) bool { return gives(r.Kind) })
}

// findWhole is find for commands that accept no moment: THREAD@AT is wrong usage.
// In the hint %[1]s is THREAD, quoted for a shell, %[2]s AT and %[3]s THREAD@AT.
func (s *source) findWhole(a *app, arg, hint string) (eventlog.Stream, error) {
	t, err := s.find(a, arg)
	i := strings.LastIndexByte(arg, '@')
	if !errors.Is(err, eventlog.ErrNotFound) || i < 0 {
		return t, err
	}
	if _, missing := s.find(a, arg[:i]); errors.Is(missing, eventlog.ErrNotFound) {
		return "", err
	}
	return "", usage(fmt.Sprintf(hint, quoted(arg[:i]), quoted(arg[i+1:]), quoted(arg)), "%q names a moment; this command needs a thread without @AT", arg)
}

// quoted quotes a word for a shell.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\\'\"`$&;|<>(){}[]*?!#~^") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// findAt returns the thread and revision that arg names: THREAD or THREAD@AT. The
// revision is 0 without AT. A title may contain an @, so the whole argument is
// tried first.
func (s *source) findAt(a *app, arg string) (eventlog.Stream, eventlog.Revision, error) {
	t, err := s.find(a, arg)
	if err == nil || !errors.Is(err, eventlog.ErrNotFound) {
		return t, 0, err
	}
	i := strings.LastIndexByte(arg, '@')
	if i < 0 {
		return "", 0, err
	}
	if t, err = s.find(a, arg[:i]); err != nil {
		return "", 0, err
	}
	at, err := s.at(a, t, arg[i+1:])
	return t, at, err
}

// openAt opens the log and finds THREAD or THREAD@AT in it.
func (a *app) openAt(arg string) (*source, eventlog.Stream, eventlog.Revision, error) {
	s, err := a.openFor(arg)
	if err != nil {
		return nil, "", 0, err
	}
	stream, at, err := s.findAt(a, arg)
	if err != nil {
		s.Close()
	}
	return s, stream, at, err
}

// openWhole opens the log and finds a THREAD in it that must have no AT; findWhole
// says what the hint is for.
func (a *app) openWhole(arg, hint string) (*source, eventlog.Stream, error) {
	s, err := a.open()
	if err != nil {
		return nil, "", err
	}
	stream, err := s.findWhole(a, arg, hint)
	if err != nil {
		s.Close()
	}
	return s, stream, err
}

// at returns the revision of a thread that AT names.
func (s *source) at(a *app, t eventlog.Stream, at string) (eventlog.Revision, error) {
	rev, err := projection.Resolve(a.ctx, s, t, at, time.Now())
	var u *projection.Unresolved
	if errors.As(err, &u) {
		return 0, notFound(u.Hint, "%w", err)
	}
	if _, ok := parseTime(at); ok && err == nil && at[0] == '-' {
		err = s.sayAhead(a, t)
	}
	return rev, err
}

// thread folds the thread that arg names, up to AT or the head.
func (s *source) thread(a *app, arg string) (*projection.Thread, error) {
	t, at, err := s.findAt(a, arg)
	if err != nil {
		return nil, err
	}
	return projection.Replay(a.ctx, s.Source, t, at)
}
