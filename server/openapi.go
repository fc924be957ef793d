package server

import (
	"compress/gzip"
	_ "embed"
	"io"
	"net/http"
	"sync"
)

// described is the OpenAPI 3.1 description of everything but the pages. It is
// written by hand; the tests compare it with the routes and with the answers.
//
//go:embed openapi.json
var described []byte

// description returns the file as it is served, compressed at the first call.
var description = sync.OnceValue(func() *asset {
	return newAsset("openapi.json", described, gzip.NewWriter(io.Discard))
})

func getDescription(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	description().ServeHTTP(w, r)
}
