package api

import (
	"context"
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

type versionJSON struct {
	Name string            `json:"name"`
	Rev  eventlog.Revision `json:"rev"` // the revision that has the name
	By   string            `json:"by"`
	At   int64             `json:"at"` // Unix milliseconds
}

func (a *API) versionsJSON(all []projection.Version) []versionJSON {
	out := make([]versionJSON, len(all))
	for i, v := range all {
		out[i] = versionJSON{v.Name, v.Of, a.People.Name(v.Author), v.Time}
	}
	return out
}

// getTimeline answers what happened, in steps.
func (a *API) getTimeline(w http.ResponseWriter, r *http.Request, m moment) error {
	t, err := projection.ReplayTimeline(r.Context(), a.Log, m.stream)
	if err != nil {
		return err
	}
	body := struct {
		Thread   eventlog.Stream   `json:"thread"`
		Title    string            `json:"title"`
		Head     eventlog.Revision `json:"head"`
		OpenedAt int64             `json:"opened_at"`
		Authors  []authorJSON      `json:"authors"`
		Steps    [][7]int64        `json:"steps"` // [from, to, author, start, end, inserted, deleted]
		Versions []versionJSON     `json:"versions"`
		Ahead    int64             `json:"ahead,omitempty"` // milliseconds, see projection.AheadBy
	}{m.stream, t.Title, t.Revision, t.OpenedAt, a.authorsJSON(t.Authors), make([][7]int64, len(t.Steps)), a.versionsJSON(t.Versions),
		projection.AheadBy(m.newest, a.Now()).Milliseconds()}
	for i, p := range t.Steps {
		body.Steps[i] = [7]int64{
			int64(p.From), int64(p.To), int64(p.Author), p.Start, p.End, int64(p.Inserted), int64(p.Deleted),
		}
	}
	m.rev = t.Revision
	m.answer(w, body)
	return nil
}

func (a *API) getVersions(w http.ResponseWriter, r *http.Request, m moment) error {
	var all []versionJSON
	if err := a.look(r, &m, func(t *projection.Thread) { all = a.versionsJSON(t.Versions) }); err != nil {
		return err
	}
	m.answer(w, map[string]any{"versions": all})
	return nil
}

// postVersion gives a revision a name: {"name": …, "rev": …}.
func (a *API) postVersion(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	fields, err := a.fields(w, r)
	if err != nil {
		return err
	}
	m, err := a.decode("version", fields, "name", "rev")
	if err != nil {
		return err
	}
	v := m.(wire.NameVersion)
	err = a.edit(r.Context(), threadOf(r), as, func(ctx context.Context, au *authority.Authority, author eventlog.AuthorID) error {
		return au.Version(ctx, author, v.Rev, v.Name)
	})
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]any{"name": v.Name, "rev": v.Rev})
	return nil
}
