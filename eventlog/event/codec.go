package event

import (
	"errors"
	"fmt"
	"iter"
	"math"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/migrations"
)

// Encode returns a record of f with its kind, schema, shape and text. The caller
// sets time, author, client and seq. Encode panics on a Changed that is not Valid,
// which nobody could read again.
func Encode(f Payload) eventlog.Record {
	kind := f.kind()
	r := eventlog.Record{Kind: kind, Schema: migrations.Current(kind)}
	switch f := f.(type) {
	case Opened:
		r.Shape, r.Text = []byte("null"), AppendStrings(nil, f.Title)
	case Changed:
		if r.Schema = plainSchema; f.States() {
			if err := f.Valid(); err != nil {
				panic(fmt.Sprintf("event: %v", err))
			}
			r.Schema = statedSchema
			r.Shape = f.appendStated(nil)
		} else {
			r.Shape = f.Change.AppendShape(nil)
		}
		r.Text = AppendStrings(nil, f.Change.AppendLines(nil)...)
	case *Changed:
		return Encode(*f)
	case Submitted:
		r.Shape = fmt.Appendf(nil, "[%d,%d]", f.From, f.To)
	case Renamed:
		r.Shape, r.Text = []byte("null"), AppendStrings(nil, f.Title)
	case Version:
		r.Shape, r.Text = fmt.Appendf(nil, "[%d]", f.Revision), AppendStrings(nil, f.Name)
	case Redacted:
		r.Shape, r.Text = f.appendShape(nil), AppendStrings(nil, f.Reason)
	case Imported:
		r.Shape = fmt.Appendf(nil, `[%d,"%s","%s"]`, f.Revisions, f.Head, f.Digest)
	case Named:
		r.Shape, r.Text = fmt.Appendf(nil, `["%s"]`, f.Kind), AppendStrings(nil, f.Name)
	case Started:
		r.Shape = f.appendShape(nil)
	case Connected:
		r.Shape = f.appendShape(nil)
	case Joined:
		r.Shape = f.appendShape(nil, string(f.Thread))
	case Left:
		r.Shape = f.appendShape(nil, string(f.Thread))
	case Disconnected:
		r.Shape = f.appendShape(nil)
	case Pruned:
		r.Shape = fmt.Appendf(nil, `[%d,"%s"]`, f.Through, f.Head)
	default:
		panic(fmt.Sprintf("event: no codec for %T", f))
	}
	return r
}

// Decode returns the event of r, upcast to the current schema. The error wraps
// eventlog.ErrDamaged and names stream and revision.
func Decode(r eventlog.Record) (e Event, err error) {
	e.head(&r)
	e.Payload, err = payload(&r)
	return e, err
}

// Decoded yields the events of records, and ends after the first error.
func Decoded(records iter.Seq2[eventlog.Record, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for r, err := range records {
			var e Event
			if err == nil {
				e, err = Decode(r)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Fold calls apply with the event of each record, up to the first error.
func Fold(records iter.Seq2[eventlog.Record, error], apply func(Event) error) error {
	for e, err := range Decoded(records) {
		if err == nil {
			err = apply(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *Event) head(r *eventlog.Record) {
	e.Stream, e.Revision, e.Position, e.Time = r.Stream, r.Revision, r.Position, r.Time
	e.Author, e.Client, e.Seq = r.Author, r.Client, r.Seq
}

func payload(r *eventlog.Record) (f Payload, err error) {
	if isChanged(r) {
		f, err = decodeChanged(r.Shape, r.Text)
	} else {
		f, err = decode(r)
	}
	if err != nil {
		err = fmt.Errorf("%s revision %d, kind %s: %w: %w", r.Stream, r.Revision, r.Kind, err, eventlog.ErrDamaged)
	}
	return f, err
}

// The schemas of changed. Both are written: most changes state nothing.
const (
	plainSchema  = 1
	statedSchema = 2
)

// isChanged reports whether r is a change that states nothing, as nearly every record
// is.
func isChanged(r *eventlog.Record) bool { return r.Kind == "changed" && r.Schema == plainSchema }

func decode(r *eventlog.Record) (Payload, error) {
	shape, text, err := migrations.Upcast(r.Kind, r.Schema, r.Shape, r.Text)
	if err != nil {
		return nil, err
	}
	switch r.Kind {
	case "changed":
		return decodeStated(shape, text)
	case "redacted":
		return decodeRedacted(shape, text)
	}
	texts, err := Strings(text)
	if err != nil {
		return nil, err
	}
	s := shapeReader{in: shape}
	f := s.payload(r.Kind, texts)
	if s.err == nil && f == nil {
		s.err = fmt.Errorf("%d strings", len(texts))
	}
	if s.err == nil && len(s.in) > 0 {
		s.err = errors.New("bytes after the shape")
	}
	if s.err != nil {
		return nil, fmt.Errorf("shape %.80q: %w", shape, s.err)
	}
	return f, nil
}

// payload reads the shape of a kind other than changed and redacted. It returns nil
// if the kind needs another number of strings.
func (s *shapeReader) payload(kind string, texts []string) Payload {
	want := map[string]int{"opened": 1, "renamed": 1, "version": 1, "named": 1}[kind]
	if len(texts) != want {
		return nil
	}
	switch kind {
	case "opened":
		s.lit("null")
		return Opened{texts[0]}
	case "renamed":
		s.lit("null")
		return Renamed{texts[0]}
	case "submitted":
		from, to := s.lit("[").num(), s.lit(",").num()
		s.lit("]")
		if from > to || to > math.MaxInt32 {
			s.fail("lines %d to %d", from, to)
		}
		return Submitted{int(from), int(to)}
	case "version":
		r := s.lit("[").num()
		s.lit("]")
		return Version{eventlog.Revision(r), texts[0]}
	case "imported":
		n := s.lit("[").num()
		head := s.lit(",").digest()
		digest := s.lit(",").digest()
		s.lit("]")
		return Imported{eventlog.Revision(n), head, digest}
	case "named":
		k := AuthorKind(s.lit("[").word())
		s.lit("]")
		if k != Person && k != Cli && k != ImportedKind && k != Server {
			s.fail("author kind %s", k)
		}
		return Named{texts[0], k}
	case "pruned":
		through := s.lit("[").num()
		head := s.lit(",").digest()
		s.lit("]")
		return Pruned{eventlog.Revision(through), head}
	}
	return s.connection(kind)
}

func (s *shapeReader) connection(kind string) Payload {
	s.lit("[")
	place := s.place()
	thread := eventlog.Stream("")
	if kind == "joined" || kind == "left" {
		thread = eventlog.Stream(s.lit(",").word())
	}
	s.lit("]")
	switch kind {
	case "started":
		return Started{place}
	case "connected":
		return Connected{place}
	case "joined":
		return Joined{place, thread}
	case "left":
		return Left{place, thread}
	case "disconnected":
		return Disconnected{place}
	}
	return nil
}

// decodeChanged reads a change of schema 1.
func decodeChanged(shape, text []byte) (Payload, error) {
	var buf [64]uint16
	if t, ok := typed(shape, text, buf[:0]); ok {
		return Changed{Change: ot.Replace(t.before+t.old+t.after, t.before, t.before+t.old, t.insert)}, nil
	}
	lines, err := Strings(text)
	if err != nil {
		return nil, err
	}
	c, err := ot.FromShape(shape, lines)
	return Changed{Change: c}, err
}

func (p Place) appendShape(dst []byte, thread ...string) []byte {
	dst = fmt.Appendf(dst, `["%s","%s"`, p.Run, p.Node)
	for _, t := range thread {
		dst = fmt.Appendf(dst, `,"%s"`, t)
	}
	return append(dst, ']')
}
