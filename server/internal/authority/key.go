package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// A Key recognises a request of an author who is not connected when it comes again.
// The record that the request makes has the key's client, and the digest as its
// sequence number. So the log remembers the key as long as the record, over a
// restart, and it costs no other memory. A request that logs nothing is not
// remembered: it does the same again.
type Key struct {
	Client eventlog.ClientID // derived from the author and the key that the author gave
	Digest uint64            // of the request, from event.KeyedSeq to wire.MaxNumber
}

type keyInContext struct{}

// WithKey returns a context for a request with a key.
func WithKey(ctx context.Context, k Key) context.Context {
	return context.WithValue(ctx, keyInContext{}, k)
}

// KeyOf returns the key of a request, false if it has none.
func KeyOf(ctx context.Context) (Key, bool) {
	k, ok := ctx.Value(keyInContext{}).(Key)
	return k, ok
}

// origin returns the client and the sequence number for the record of a request.
func (a *Authority) origin(ctx context.Context) (eventlog.ClientID, uint64) {
	if k, ok := KeyOf(ctx); ok {
		return k.Client, k.Digest
	}
	return a.cfg.NewClient(), 0
}

// again reports whether the thread has the record of a request already. It refuses a
// key that was used for another request.
func (a *Authority) again(ctx context.Context) (bool, *wire.Error) {
	k, ok := KeyOf(ctx)
	if !ok {
		return false, nil
	}
	c, ok := a.thread.Client(k.Client)
	if ok && c.Seq != k.Digest {
		return false, ErrOtherRequest
	}
	return ok, nil
}

// ErrOtherRequest refuses a key that was used for another request.
var ErrOtherRequest = &wire.Error{Code: wire.BadValue, Text: "this Idempotency-Key was used for another request: use a new key for each request"}
