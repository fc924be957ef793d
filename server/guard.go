package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

// guard refuses requests that a page of another site made a browser send:
// those whose Host is not ours (DNS rebinding), and unsafe methods across
// origins.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	for _, o := range s.cfg.AllowOrigins {
		if err := cross.AddTrustedOrigin(o); err != nil {
			s.logger.Warn("an allowed origin is not one", "origin", o, "error", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		api.WriteError(w, wire.Errorf(wire.Forbidden, "a page of another origin may not do this; allow it with --allow-origin"))
	}))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.ours(r.Host) {
			s.logger.Warn("refused a request for another host", "host", r.Host)
			api.WriteError(w, wire.Errorf(wire.Forbidden, "this host name is not one of this server's; allow it with --allow-host"))
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		inner.ServeHTTP(w, r)
	})
}

// ours reports whether a Host header names this server. An address that
// nobody can point a name at is as good as a name that we know.
func (s *Server) ours(host string) bool {
	name := hostname(host)
	if name == "" {
		return false
	}
	if slices.ContainsFunc(s.cfg.AllowHosts, func(h string) bool { return strings.EqualFold(hostname(h), name) || strings.EqualFold(h, host) }) {
		return true
	}
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	listen := hostname(s.cfg.Listen)
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

// originAllowed reports whether an upgrade may come from where it says.
func (s *Server) originAllowed(r *http.Request) bool {
	values := r.Header.Values("Origin")
	if len(values) == 0 { // not a browser
		remote, err := netip.ParseAddrPort(r.RemoteAddr)
		return s.cfg.AllowNoOrigin || (err == nil && remote.Addr().Unmap().IsLoopback())
	}
	if len(values) > 1 {
		return false
	}
	if slices.ContainsFunc(s.cfg.AllowOrigins, func(o string) bool { return strings.EqualFold(o, values[0]) }) {
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
