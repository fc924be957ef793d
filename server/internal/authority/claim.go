package authority

import (
	"parodywave/projection/claims"
	"parodywave/server/internal/wire"
)

// checkClaims refuses a push that may bring redacted text back.
func (a *Authority) checkClaims(push wire.Push) *wire.Error {
	for _, c := range push.Claims {
		if a.memory.MayBeRedacted(push.Client, claimOf(c)) {
			return wire.Errorf(wire.BadChange, "change %d brings back text that may have been redacted since: load the thread again", c.Change)
		}
	}
	return nil
}

func claimOf(c wire.Claim) claims.Claim {
	return claims.Claim{Undoes: c.Undoes, Pastes: c.Pastes, Cut: c.Cut}
}
