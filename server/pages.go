package server

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
	"parodywave/web"

	"github.com/gorilla/websocket"
)

// policy is what the pages may load: what this server serves, and nothing
// inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

// noncePlace stands in a page that makes style sheets as it runs, an editor's.
// Each answer puts a word of its own there and into the policy, so that those
// sheets are taken and nobody else's.
const noncePlace = "__CSP_NONCE__"

// pages serves the built client: each page at its path, and the files that
// pages name. All of it is in memory, compressed once.
type pages struct {
	files map[string]*asset // by path from the root, without the first slash
}

// builtPages are those of the binary, made when first asked for: a command
// that serves nobody does without.
var builtPages = sync.OnceValue(func() *pages {
	defer debug.FreeOSMemory() // compressing took more than all that is kept
	return newPages(web.Dist())
})

// pageRoutes puts each page at its path. An upgrade at the root is a deck's
// client, which connects to ws://host:port.
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
	// What is no thread after /t/ gets the page too, which says so.
	mux.HandleFunc("GET /t/{rest...}", page("thread.html"))
	mux.HandleFunc("GET /live", page("live.html"))
	mux.HandleFunc("GET /deck", page("deck.html"))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			api.WriteErrorStatus(w, wire.Errorf(wire.NotFound, "pages can only be read"), http.StatusMethodNotAllowed)
			return
		}
		built().file(w, r)
	})
}

// newPages reads all of dist, which must be readable to its end.
func newPages(dist fs.FS) *pages {
	p := &pages{files: map[string]*asset{}}
	z, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		panic("server: " + err.Error()) // there is such a level
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

// page serves one page, whatever the path is.
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

// withNonce answers a page with a fresh nonce. It has no ETag, as no two
// answers are alike.
func withNonce(w http.ResponseWriter, r *http.Request, a *asset) {
	nonce := rand.Text()
	body := bytes.ReplaceAll(a.body, []byte(noncePlace), []byte(nonce))
	head(w, strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	w.Header().Set("Content-Type", a.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	write(w, r, body)
}

// file serves what the path names. Pages have paths of their own and are not
// served under their file's name.
func (p *pages) file(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	a := p.files[name]
	if a == nil || path.Ext(name) == ".html" {
		p.none(w, fmt.Sprintf("there is no page at %s", r.URL.Path))
		return
	}
	head(w, policy)
	if strings.HasPrefix(name, "assets/") { // their names are hashes of what they hold
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

// head sets what every page and file says of itself.
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
		_, _ = w.Write(body) // the client has gone, if at all
	}
}
