package server

import (
	"encoding/json"
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

type versionJSON struct {
	Name string            `json:"name"`
	Rev  eventlog.Revision `json:"rev"` // what is called so
	By   string            `json:"by"`
	At   int64             `json:"at"` // Unix milliseconds
}

func (s *Server) versionsJSON(all []projection.Version) []versionJSON {
	out := make([]versionJSON, len(all))
	for i, v := range all {
		out[i] = versionJSON{v.Name, v.Of, s.people.name(v.Author), v.Time}
	}
	return out
}

// getTimeline answers what happened, in steps.
func (s *Server) getTimeline(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var t *projection.Timeline
	if err == nil {
		t, err = projection.ReplayTimeline(r.Context(), s.log, m.stream)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	body := struct {
		Thread   eventlog.Stream   `json:"thread"`
		Title    string            `json:"title"`
		Head     eventlog.Revision `json:"head"`
		OpenedAt int64             `json:"opened_at"`
		Authors  []authorJSON      `json:"authors"`
		Steps    [][7]int64        `json:"steps"` // [from, to, author, start, end, inserted, deleted]
		Versions []versionJSON     `json:"versions"`
	}{m.stream, t.Title, t.Revision, t.OpenedAt, s.authorsJSON(t.Authors), make([][7]int64, len(t.Steps)), s.versionsJSON(t.Versions)}
	for i, p := range t.Steps {
		body.Steps[i] = [7]int64{
			int64(p.From), int64(p.To), int64(p.Author), p.Start, p.End, int64(p.Inserted), int64(p.Deleted),
		}
	}
	m.rev = t.Revision
	m.answer(w, body)
}

func (s *Server) getVersions(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var all []versionJSON
	if err == nil {
		err = s.look(r, &m, func(t *projection.Thread) { all = s.versionsJSON(t.Versions) })
	}
	if err != nil {
		writeError(w, err)
		return
	}
	m.answer(w, map[string]any{"versions": all})
}

// postVersion gives a revision a name: {"name": …, "rev": …}.
func (s *Server) postVersion(w http.ResponseWriter, r *http.Request) {
	as, err := identityOf(r)
	var fields map[string]json.RawMessage
	if err == nil {
		fields, err = s.fields(w, r)
	}
	var v wire.NameVersion
	if err == nil {
		v, err = s.nameVersion(fields)
	}
	if err == nil {
		err = s.version(r, as, v)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]any{"name": v.Name, "rev": v.Rev})
}

func (s *Server) version(r *http.Request, as Identity, v wire.NameVersion) error {
	ctx, stream := r.Context(), threadOf(r)
	room, err := s.hub.acquire(ctx, stream)
	if err != nil {
		return err
	}
	defer s.hub.release(room)
	author, err := s.identify(ctx, as)
	if err != nil {
		return err
	}
	return room.authority.Version(ctx, author, v.Rev, v.Name)
}

// nameVersion reads the fields as strictly as the wire does.
func (s *Server) nameVersion(fields map[string]json.RawMessage) (wire.NameVersion, error) {
	frame := map[string]json.RawMessage{"type": json.RawMessage(`"version"`)}
	for _, f := range []string{"name", "rev"} {
		if fields[f] != nil {
			frame[f] = fields[f]
		}
	}
	b, err := json.Marshal(frame)
	if err != nil {
		return wire.NameVersion{}, refusal(wire.BadJSON, "", "%v", err)
	}
	m, bad := wire.Decode(b, s.limits)
	if bad != nil {
		bad.Re = ""
		return wire.NameVersion{}, bad
	}
	return m.(wire.NameVersion), nil
}

// fields reads a body that is a JSON object.
func (s *Server) fields(w http.ResponseWriter, r *http.Request) (map[string]json.RawMessage, error) {
	body, err := s.body(w, r, s.limits.Frame)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil || fields == nil {
		return nil, refusal(wire.BadJSON, "", "the body is not a JSON object")
	}
	return fields, nil
}
