package server

import (
	"net/http"

	"parodywave/eventlog"
	"parodywave/eventlog/socklog"
	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

// routes is the whole URL space that the world sees. With warm the pages are
// built at once, so that the first visitor need not wait.
func (s *Server) routes(h health, upgrade http.HandlerFunc, warm bool) http.Handler {
	mux := http.NewServeMux()
	s.programRoutes(mux, h, upgrade)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		api.WriteError(w, wire.Errorf(wire.NotFound, "%s %s is not part of the API", r.Method, r.URL.Path))
	})
	pageRoutes(mux, builtPages, upgrade)
	if warm {
		go builtPages()
	}
	return mux
}

// programRoutes is what programs may ask. openapi.json describes all of it.
func (s *Server) programRoutes(mux api.Router, h health, upgrade http.HandlerFunc) {
	s.api.Routes(mux)
	mux.HandleFunc("GET /api/openapi.json", getDescription)
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
	mux.HandleFunc("GET /ws", upgrade)
}

// controlRoutes is what commands on the same machine see, over a socket that
// only the server's own user can open.
func (s *Server) controlRoutes(h health, log eventlog.AuditLog) http.Handler {
	mux := http.NewServeMux()
	s.api.Routes(mux)
	s.api.Control(mux)
	mux.HandleFunc("GET /healthz", h.healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
	mux.Handle("GET /log/", socklog.Handler(log))
	return mux
}
