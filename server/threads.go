package server

import (
	"context"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/api"
	"parodywave/server/internal/authority"
)

// Get implements api.Threads.
func (h *hub) Get(stream eventlog.Stream) (projection.Summary, bool) {
	t, ok := h.get(stream)
	return t.Summary, ok
}

// Newest implements api.Threads.
func (h *hub) Newest(offset, limit int) ([]projection.Summary, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.directory.Newest(offset, limit), h.directory.Len()
}

// Present implements api.Threads.
func (h *hub) Present(stream eventlog.Stream) api.Presence {
	h.mu.Lock()
	r := h.rooms[stream]
	h.mu.Unlock()
	return h.s.glance(r)
}

// Changed implements api.Threads.
func (h *hub) Changed() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

// Open implements api.Threads.
func (h *hub) Open(ctx context.Context, author eventlog.AuthorID, title, text string) (eventlog.Stream, error) {
	r, err := h.open(ctx, author, title, text)
	if err != nil {
		return "", err
	}
	h.release(r)
	return r.stream, nil
}

// With implements api.Threads.
func (h *hub) With(ctx context.Context, stream eventlog.Stream, f func(*authority.Authority) error) error {
	r, err := h.acquire(ctx, stream)
	if err != nil {
		return err
	}
	defer h.release(r)
	return f(r.authority)
}

// Update implements api.Threads.
func (h *hub) Update(sum projection.Summary) { h.update(sum) }
