// Package quota limits the clients of one address, all together: the sockets that
// they have open, the threads that they begin, and the bytes that they write. A
// connection has limits of its own besides, the rates of package wire.
//
// An address is an IPv4 address or an IPv6 network of 64 bits, all of which belong to one
// customer. The addresses of the machine itself have no limit of sockets: a proxy in
// front of the server comes from there with all its clients.
package quota

import (
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits are those of one address. A number that is 0 is no limit.
type Limits struct {
	Sockets      int
	Opens        rate.Limit // threads a second
	OpensBurst   int
	Written      rate.Limit // bytes a second that edits bring
	WrittenBurst int
}

// Default returns the limits of a server without settings of its own. A class of thirty
// behind one address and a script that imports a folder are far below them.
func Default() Limits {
	return Limits{Sockets: 1000, Opens: 20, OpensBurst: 1000, Written: 16 << 20, WrittenBurst: 256 << 20}
}

// Quotas are the quotas of all addresses. Its methods may be called concurrently.
type Quotas struct {
	limits Limits

	mu        sync.Mutex
	addresses map[netip.Addr]*Quota
}

// New returns quotas that nobody has used.
func New(l Limits) *Quotas { return &Quotas{limits: l, addresses: map[netip.Addr]*Quota{}} }

// A Quota is what one address has used.
type Quota struct {
	of     *Quotas
	local  bool
	opens  *rate.Limiter
	writes *rate.Limiter

	// Guarded by of.mu.
	sockets int
	used    time.Time
}

// many is from how many addresses on the unused ones are forgotten, and rest how long one
// counts as used: any quota is full again after that.
const (
	many = 4096
	rest = 2 * time.Minute
)

// Of returns the quota of a request's client.
func (q *Quotas) Of(r *http.Request) *Quota {
	addr := address(r)
	now := time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.addresses[addr]
	if u == nil {
		if len(q.addresses) >= many {
			q.forget(now)
		}
		u = &Quota{of: q, local: addr.IsLoopback() || !addr.IsValid()}
		if q.limits.Opens > 0 {
			u.opens = rate.NewLimiter(q.limits.Opens, q.limits.OpensBurst)
		}
		if q.limits.Written > 0 {
			u.writes = rate.NewLimiter(q.limits.Written, q.limits.WrittenBurst)
		}
		q.addresses[addr] = u
	}
	u.used = now
	return u
}

// forget drops the quotas that are full again; the caller holds mu.
func (q *Quotas) forget(now time.Time) {
	for addr, u := range q.addresses {
		if u.sockets == 0 && now.Sub(u.used) > rest {
			delete(q.addresses, addr)
		}
	}
}

// address returns the address that counts for a request.
func address(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() && !addr.IsLoopback() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

// Socket counts a socket until release is called. It returns false if there are too many.
func (u *Quota) Socket() (release func(), ok bool) {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	if most := u.of.limits.Sockets; most > 0 && u.sockets >= most && !u.local {
		return nil, false
	}
	u.sockets++
	return u.release, true
}

func (u *Quota) release() {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.sockets--
	u.used = time.Now()
}

// Open counts a thread that is begun. It returns false if there are too many.
func (u *Quota) Open() bool { return u.opens == nil || u.opens.Allow() }

// Write counts bytes that an edit brings. It returns false if there are too many.
func (u *Quota) Write(n int) bool {
	return u.writes == nil || u.writes.AllowN(time.Now(), min(n, u.writes.Burst()))
}
