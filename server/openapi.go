package server

import (
	"compress/gzip"
	_ "embed"
	"io"
	"net/http"
	"sync"
)

// described is the OpenAPI 3.1 description of everything that is no page. It is
// kept by hand: the tests hold it against the routes and against what the
// server answers.
//
//go:embed openapi.json
var described []byte

// description is the file as it is served, compressed when first asked for.
var description = sync.OnceValue(func() *asset {
	return newAsset("openapi.json", described, gzip.NewWriter(io.Discard))
})

func getDescription(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	description().ServeHTTP(w, r)
}
