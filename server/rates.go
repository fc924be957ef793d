package server

import (
	"time"

	"parodywave/server/internal/wire"

	"golang.org/x/time/rate"
)

// rates bounds what one connection may send.
type rates struct{ frames, bytes, presence *rate.Limiter }

func newRates(l wire.Limits) rates {
	return rates{
		frames:   rate.NewLimiter(rate.Limit(l.Frames), l.FramesBurst),
		bytes:    rate.NewLimiter(rate.Limit(l.Bytes), l.BytesBurst),
		presence: rate.NewLimiter(rate.Limit(l.Presence), l.Presence),
	}
}

// allow reports whether a frame of n bytes is within the rates.
func (r *rates) allow(n int) bool {
	t := time.Now()
	return r.frames.AllowN(t, 1) && r.bytes.AllowN(t, n)
}
