package server

import (
	"net/http"

	"parodywave/eventlog/socklog"
	"parodywave/server/internal/wire"
)

// routes is the whole URL space that the world sees.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.programRoutes(mux)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, refusal(wire.NotFound, "", "%s %s is not part of the API", r.Method, r.URL.Path))
	})
	pageRoutes(mux, builtPages, s.serveSocket)
	if !s.cfg.Offline {
		go builtPages() // so that the first visitor need not wait
	}
	return s.guard(mux)
}

// programRoutes is what programs are served. openapi.json tells all of it.
func (s *Server) programRoutes(mux router) {
	s.api(mux)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /ws", s.serveSocket)
}

// controlRoutes is what commands on the same machine see, over a socket that
// only the server's own user can open.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	s.api(mux)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /version", s.controlVersion)
	mux.HandleFunc("GET /copy", s.controlCopy)
	mux.HandleFunc("PUT /threads/{thread}/text", s.controlPut)
	mux.HandleFunc("POST /threads/{thread}/changes", s.controlRevise)
	mux.HandleFunc("POST /threads", s.controlOpen)
	mux.HandleFunc("POST /import", s.controlImport)
	mux.Handle("GET /log/", socklog.Handler(s.log))
	return mux
}
