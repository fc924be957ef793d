package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// An asset is one file of the built client.
type asset struct {
	kind   string // its Content-Type
	tag    string // hash of the content; the ETag without quotes
	body   []byte
	packed []byte // body compressed by gzip; nil if that saves nothing
}

// kinds has the content type of each kind of file in a build, and whether it is
// worth compressing. The system's own table is not used: a header forbids browsers to
// guess, so the type must not depend on the machine.
var kinds = map[string]struct {
	kind string
	text bool
}{
	".html":        {"text/html; charset=utf-8", true},
	".js":          {"text/javascript; charset=utf-8", true},
	".css":         {"text/css; charset=utf-8", true},
	".svg":         {"image/svg+xml", true},
	".json":        {"application/json", true},
	".webmanifest": {"application/manifest+json", true},
	".txt":         {"text/plain; charset=utf-8", true},
	".png":         {"image/png", false},
	".ico":         {"image/x-icon", false},
	".woff2":       {"font/woff2", false},
}

// newAsset compresses with z, which takes a megabyte of memory and is shared.
func newAsset(name string, body []byte, z *gzip.Writer) *asset {
	sum := sha256.Sum256(body)
	a := &asset{kind: "application/octet-stream", tag: hex.EncodeToString(sum[:12]), body: body}
	k, ok := kinds[path.Ext(name)]
	if !ok {
		return a
	}
	if a.kind = k.kind; k.text {
		if packed := pack(body, z); len(packed) < len(body) {
			a.packed = packed
		}
	}
	return a
}

func pack(body []byte, z *gzip.Writer) []byte {
	var b bytes.Buffer
	z.Reset(&b)
	_, err := z.Write(body)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic("server: " + err.Error()) // writing to a buffer does not fail
	}
	return bytes.Clone(b.Bytes())
}

// ServeHTTP answers a GET or HEAD: compressed if the client accepts that, and with
// 304 if the client has the content.
func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, tag := a.body, `"`+a.tag+`"`
	if a.packed != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Values("Accept-Encoding")) {
			body, tag = a.packed, `"`+a.tag+`-gzip"` // other bytes, another tag (RFC 9110, 8.8.3.3)
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if a.known(r.Header.Values("If-None-Match")) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	write(w, r, body)
}

// known reports whether a list of tags has the asset's, in either coding.
func (a *asset) known(lists []string) bool {
	for _, list := range lists {
		for tag := range strings.SplitSeq(list, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" {
				return true
			}
			tag = strings.Trim(strings.TrimPrefix(tag, "W/"), `"`)
			if strings.TrimSuffix(tag, "-gzip") == a.tag {
				return true
			}
		}
	}
	return false
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip is accepted if gzip, or
// else *, is listed with a weight that is not zero.
func acceptsGzip(lists []string) bool {
	accepts, named := false, false
	for _, list := range lists {
		for item := range strings.SplitSeq(list, ",") {
			coding, weight, _ := strings.Cut(item, ";")
			coding = strings.ToLower(strings.TrimSpace(coding))
			switch {
			case coding == "gzip" || coding == "x-gzip":
				accepts, named = positive(weight), true
			case coding == "*" && !named:
				accepts = positive(weight)
			}
		}
	}
	return accepts
}

// positive reports whether a weight q=… is above zero. A malformed weight is not.
func positive(weight string) bool {
	weight = strings.TrimSpace(weight)
	if weight == "" {
		return true
	}
	name, value, _ := strings.Cut(weight, "=")
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	return strings.EqualFold(strings.TrimSpace(name), "q") && err == nil && q > 0
}
