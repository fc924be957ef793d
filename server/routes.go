package server

import (
	"net/http"

	"parodywave/eventlog/socklog"
	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

// routes is the whole URL space that the world sees.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.programRoutes(mux)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		api.WriteError(w, wire.Errorf(wire.NotFound, "%s %s is not part of the API", r.Method, r.URL.Path))
	})
	pageRoutes(mux, builtPages, s.serveSocket)
	if !s.cfg.Offline {
		go builtPages() // so that the first visitor need not wait
	}
	return s.guard(mux)
}

// programRoutes is what programs are served. openapi.json tells all of it.
func (s *Server) programRoutes(mux api.Router) {
	s.api.Routes(mux)
	mux.HandleFunc("GET /api/openapi.json", getDescription)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /ws", s.serveSocket)
}

// controlRoutes is what commands on the same machine see, over a socket that
// only the server's own user can open.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	s.api.Routes(mux)
	s.api.Control(mux)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /log/", socklog.Handler(s.log))
	return mux
}
