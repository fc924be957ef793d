package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"

	"github.com/oklog/ulid/v2"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"
)

// keyMost bounds the header Idempotency-Key, in bytes.
const keyMost = 255

// A keyed request has an Idempotency-Key. Its digest covers the method, the path, the
// query, If-Match and the body.
type keyed struct {
	key    string
	digest uint64 // 0 until the body was read
}

type keyedInContext struct{}

// withKey returns the request with what its header Idempotency-Key says.
func withKey(r *http.Request) (*http.Request, error) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return r, nil
	}
	if len(key) > keyMost {
		return nil, wire.Errorf(wire.BadValue, "the Idempotency-Key has %d bytes: use at most %d", len(key), keyMost)
	}
	return r.WithContext(context.WithValue(r.Context(), keyedInContext{}, &keyed{key: key})), nil
}

// noteBody completes the key of a request with its body.
func noteBody(r *http.Request, body []byte) {
	k, ok := r.Context().Value(keyedInContext{}).(*keyed)
	if !ok {
		return
	}
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("If-Match"), string(body)} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	k.digest = binary.BigEndian.Uint64(h.Sum(nil))&wire.MaxNumber | event.KeyedSeq
}

// keyFor returns a context with the key of a request by an author. If the key is a ULID,
// the client derived from it has the key's time, so that a thread opened with it sorts by
// time as others do.
func keyFor(ctx context.Context, author eventlog.AuthorID) context.Context {
	k, ok := ctx.Value(keyedInContext{}).(*keyed)
	if !ok || k.digest == 0 {
		return ctx
	}
	sum := sha256.Sum256(append([]byte("parodywave idempotency key\x00"+string(author[:])), k.key...))
	if id, err := ulid.ParseStrict(k.key); err == nil {
		copy(sum[:6], id[:6])
	}
	return authority.WithKey(ctx, authority.Key{Client: eventlog.ClientID(sum[:16]), Digest: k.digest})
}
