package server

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
	"parodywave/web"

	"github.com/gorilla/websocket"
)

// policy allows pages to load what this server serves, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// noncePlace is a placeholder in a page that makes style sheets as it runs: the
// editor's. Each answer has a nonce of its own there and in the policy, so that
// browsers accept those style sheets and no others.
const noncePlace = "__CSP_NONCE__"

// pages serves the built client: each page at its path, and the files that pages
// refer to. All of it is in memory, compressed once.
type pages struct {
	files map[string]*asset // by path from the root, without the first slash
}

// builtPages returns the pages in the binary. They are compressed at the first
// call: a command that serves no pages does without.
var builtPages = sync.OnceValue(func() *pages { return newPages(web.Dist()) })

// pageRoutes puts each page at its path. An upgrade at the root is a client of the
// deck, which connects to ws://host:port.
func pageRoutes(mux *http.ServeMux, built func() *pages, upgrade http.HandlerFunc) {
	page := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { built().page(w, r, name) }
	}
	inbox := page("index.html")
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if websocket.IsWebSocketUpgrade(r) {
			upgrade(w, r)
			return
		}
		inbox(w, r)
	})
	// The page itself says so if there is no such thread.
	mux.HandleFunc("GET /t/{rest...}", page("thread.html"))
	mux.HandleFunc("GET /live", page("live.html"))
	mux.HandleFunc("GET /deck", page("deck.html"))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			api.WriteErrorStatus(w, wire.Errorf(wire.NotFound, "pages are read-only: use GET"), http.StatusMethodNotAllowed)
			return
		}
		built().file(w, r)
	})
}

// newPages reads all of dist. It panics if it cannot.
func newPages(dist fs.FS) *pages {
	p := &pages{files: map[string]*asset{}}
	z, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic("server: " + err.Error()) // the level exists
	}
	err = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(dist, name)
		if err == nil {
			p.files[name] = newAsset(name, body, z)
		}
		return err
	})
	if err != nil {
		panic("server: the built pages cannot be read: " + err.Error())
	}
	return p
}

// page serves one page, at any path.
func (p *pages) page(w http.ResponseWriter, r *http.Request, name string) {
	a := p.files[name]
	if a == nil {
		p.none(w, fmt.Sprintf("the page %s is not part of this build", name))
		return
	}
	head(w, policy)
	w.Header().Set("Cache-Control", "no-cache")
	if bytes.Contains(a.body, []byte(noncePlace)) {
		withNonce(w, r, a)
		return
	}
	a.ServeHTTP(w, r)
}

// withNonce answers a page with a fresh nonce, and so without an ETag.
func withNonce(w http.ResponseWriter, r *http.Request, a *asset) {
	nonce := rand.Text()
	body := bytes.ReplaceAll(a.body, []byte(noncePlace), []byte(nonce))
	head(w, strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	write(w, r, body)
}

// file serves the file at the path of a request. Pages have paths of their own and
// are not served under their file's name.
func (p *pages) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	a := p.files[name]
	if a == nil || path.Ext(name) == ".html" {
		p.none(w, fmt.Sprintf("there is no page at %s", r.URL.Path))
		return
	}
	head(w, policy)
	if strings.HasPrefix(name, "assets/") { // their names have a hash of their content
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	a.ServeHTTP(w, r)
}

func (p *pages) none(w http.ResponseWriter, text string) {
	head(w, policy)
	w.Header().Set("Cache-Control", "no-cache")
	api.WriteError(w, wire.Errorf(wire.NotFound, "%s", text))
}

// head sets the headers of every page and file.
func head(w http.ResponseWriter, policy string) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

func write(w http.ResponseWriter, r *http.Request, body []byte) {
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // it fails only where the client has gone
	}
}
