package live

import (
	"context"
	"errors"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
)

// These methods are the threads as HTTP answers see them (api.Threads).

// Get returns what the list says of a thread, false where there is none.
func (h *Hub) Get(stream eventlog.Stream) (projection.Summary, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d, ok := h.damaged[stream]; ok {
		return d.Summary, true
	}
	return h.directory.Get(stream)
}

// Newest returns up to limit threads from place offset on, the newest activity
// first, and how many threads there are.
func (h *Hub) Newest(offset, limit int) ([]projection.Summary, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listedThreads().Newest(offset, limit), h.directory.Len() + len(h.damaged)
}

// Opened returns up to limit threads behind another in order of opening, the last opened
// first, and how many threads there are; behind "" all threads come.
func (h *Hub) Opened(behind eventlog.Stream, limit int) ([]projection.Summary, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listedThreads().Opened(behind, limit), h.directory.Len() + len(h.damaged)
}

// Present returns how many connections are in a thread, and the names of some
// people there and of those of them who type.
func (h *Hub) Present(stream eventlog.Stream) (connections int, here, typing []string) {
	h.mu.Lock()
	r := h.rooms[stream]
	h.mu.Unlock()
	return h.present(r)
}

// Changed returns a channel that is closed when a thread changes.
func (h *Hub) Changed(stream eventlog.Stream) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.changed[stream]
	if c == nil {
		c = make(chan struct{})
		h.changed[stream] = c
	}
	return c
}

// Open begins a thread with a title and a text, in one append. If a request with the key
// in ctx has opened it before, the error is authority.ErrOpened, and the stream is
// that thread.
func (h *Hub) Open(ctx context.Context, author eventlog.AuthorID, title, text string) (eventlog.Stream, error) {
	r, err := h.open(ctx, author, title, text)
	if errors.Is(err, authority.ErrOpened) {
		return r.stream, err
	}
	if err != nil {
		return "", err
	}
	h.release(r)
	return r.stream, nil
}

// With calls f with a thread's authority, which runs until f returns. The error
// is f's, or wraps eventlog.ErrNotFound where there is no such thread.
func (h *Hub) With(ctx context.Context, stream eventlog.Stream, f func(*authority.Authority) error) error {
	r, err := h.acquire(ctx, stream)
	if err != nil {
		return err
	}
	defer h.release(r)
	return f(r.authority)
}

// Directory returns a copy of the list of threads.
func (h *Hub) Directory() *projection.Directory {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.directory.Clone()
}
