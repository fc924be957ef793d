package server

import (
	"net/http"

	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

// serveSocket upgrades a request. It returns when that is done: what net/http
// holds for a request is then free, and an idle connection costs its reader.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !s.originAllowed(r) {
		s.logger.Warn("refused a connection from another origin", "origin", r.Header.Get("Origin"), "host", r.Host)
		api.WriteError(w, wire.Errorf(wire.Forbidden, "this origin may not connect; allow it with --allow-origin, or a client without one with --allow-no-origin"))
		return
	}
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	p := newPeer(s, conn)
	if !s.peers.add(p) {
		p.Close(wire.CloseGoingAway, stoppingText)
		_ = conn.Close()
		return
	}
	s.recorder.connected(p)
	s.pulse.status()
	go p.readLoop()
}
