package live

import (
	"time"

	"parodywave/server/internal/wire"
)

// rates limits what one connection may send. Its reader owns it.
type rates struct{ frames, headers, bytes, presence bucket }

// allow reports whether a frame of n bytes is within the rates of limits. now is on
// stats.clock.
func (r *rates) allow(now int64, l wire.Limits, n int) bool {
	now *= 1000
	return r.frames.take(now, 1, l.Frames, l.FramesBurst) && r.bytes.take(now, n, l.Bytes, l.BytesBurst)
}

// allowHeaders reports whether bytes that are no part of a message are within the rate of
// frames.
func (r *rates) allowHeaders(now int64, l wire.Limits, bytes int) bool {
	return r.headers.take(now*1000, bytes, headerBytes*l.Frames, headerBytes*l.FramesBurst)
}

// allowCursor reports whether one more cursor is within the rate.
func (r *rates) allowCursor(now int64, l wire.Limits) bool {
	return r.presence.take(now*1000, 1, l.Presence, l.Presence)
}

// A bucket is a token bucket, stored as the time at which it was empty: eight
// bytes, and a connection has four. The zero value is full.
type bucket int64

// take takes n tokens, if there are n, from a bucket that holds most and
// gains perSecond. now is in nanoseconds.
func (b *bucket) take(now int64, n, perSecond, most int) bool {
	each := float64(time.Second) / float64(perSecond)
	since := max(int64(*b), now-int64(each*float64(most)))
	if since += int64(each * float64(n)); since > now {
		return false
	}
	*b = bucket(since)
	return true
}
