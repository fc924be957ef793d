package server

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"parodywave/server/internal/api"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/warn"
	"parodywave/server/internal/wire"
)

// A guard refuses requests that a page of another site made a browser send.
type guard struct {
	cfg      Config
	logger   *slog.Logger
	warnings *warn.Warnings
	quotas   *quota.Quotas
}

// wrap refuses requests whose Host is not this server's (DNS rebinding), and
// unsafe methods across origins.
func (g guard) wrap(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	for _, o := range g.cfg.AllowOrigins {
		if err := cross.AddTrustedOrigin(o); err != nil {
			g.logger.Warn("ignored an allowed origin that is not one", "origin", o, "error", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		api.WriteError(w, wire.Errorf(wire.Forbidden, "pages of another origin may not do this: allow the origin with --allow-origin"))
	}))
	inner := cross.Handler(g.limited(next))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.ours(r.Host) {
			g.warnings.Warn("refused a request for another host", "host", r.Host)
			api.WriteError(w, wire.Errorf(wire.Forbidden, "this server does not answer to this host name: allow it with --allow-host"))
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if g.elsewhere(r) {
			api.WriteError(w, wire.Errorf(wire.Forbidden, "pages of another site may not ask for this: allow the origin with --allow-origin"))
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// elsewhere reports whether a page of another site made a browser ask the API. It could
// not read the answer, but make the server work.
func (g guard) elsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return strings.HasPrefix(r.URL.Path, "/api/") && (site == "cross-site" || site == "same-site") && !g.trusts(r.Header.Get("Origin"))
}

// trusts reports whether an origin is one of those that were allowed.
func (g guard) trusts(origin string) bool {
	return slices.ContainsFunc(g.cfg.AllowOrigins, func(o string) bool { return strings.EqualFold(o, origin) })
}

// upgrades refuses WebSockets from pages of other origins.
func (g guard) upgrades(next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !g.originAllowed(r) {
			g.warnings.Warn("refused a connection from another origin", "origin", r.Header.Get("Origin"), "host", r.Host)
			api.WriteError(w, wire.Errorf(wire.Forbidden, "this origin may not connect: allow it with --allow-origin, or clients without an origin with --allow-no-origin"))
			return
		}
		next.ServeHTTP(w, r)
	}
}

// ours reports whether a Host header names this server. An address of one of its
// interfaces is safe, too: rebinding works through names.
func (g guard) ours(host string) bool {
	name := hostname(host)
	if name == "" {
		return false
	}
	if slices.ContainsFunc(g.cfg.AllowHosts, func(h string) bool { return strings.EqualFold(hostname(h), name) || strings.EqualFold(h, host) }) {
		return true
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	listen := hostname(g.cfg.Listen)
	if name == listen {
		return true
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		own, err := os.Hostname()
		return err == nil && strings.EqualFold(own, name) && !isLoopback(listen)
	}
	if addr.IsLoopback() {
		return true
	}
	return !isLoopback(listen) && isInterface(addr)
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

func isInterface(addr netip.Addr) bool {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(addrs, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap() == addr.Unmap()
	})
}

// originAllowed reports whether pages of a request's origin may connect.
func (g guard) originAllowed(r *http.Request) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 { // not a browser
		remote, err := netip.ParseAddrPort(r.RemoteAddr)
		return g.cfg.AllowNoOrigin || (err == nil && remote.Addr().Unmap().IsLoopback())
	}
	if len(values) > 1 {
		return false
	}
	if g.trusts(values[0]) {
		return true
	}
	u, err := url.Parse(values[0])
	if err != nil || u.Host == "" || u.Path != "" || u.User != nil {
		return false
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return u.Scheme == scheme && strings.EqualFold(u.Host, r.Host)
}
