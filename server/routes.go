package server

import (
	"io/fs"
	"net/http"
	"strings"

	"parodywave/eventlog/socklog"
	"parodywave/server/internal/wire"
	"parodywave/web"

	"github.com/gorilla/websocket"
)

// routes is the whole URL space that the world sees.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	s.api(mux)
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /ws", s.serveSocket)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, refusal(wire.NotFound, "", "%s %s is not part of the API", r.Method, r.URL.Path))
	})
	pages := servePages(web.Dist())
	mux.HandleFunc("GET /deck", func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/" // the page is the reference client of line mode
		pages.ServeHTTP(w, r)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeErrorStatus(w, refusal(wire.NotFound, "", "pages can only be read"), http.StatusMethodNotAllowed)
			return
		}
		if r.URL.Path == "/" && websocket.IsWebSocketUpgrade(r) {
			s.serveSocket(w, r) // the deck's client connects to ws://host:port
			return
		}
		pages.ServeHTTP(w, r)
	})
	return s.guard(mux)
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
	mux.HandleFunc("POST /threads", s.controlOpen)
	mux.HandleFunc("POST /import", s.controlImport)
	mux.Handle("GET /log/", socklog.Handler(s.log))
	return mux
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// servePages serves the built client.
func servePages(dist fs.FS) http.Handler {
	files := http.FileServerFS(dist)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		if strings.HasPrefix(r.URL.Path, "/assets/") { // their names are hashes of what they hold
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		files.ServeHTTP(w, r)
	})
}
