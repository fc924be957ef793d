package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"parodywave/eventlog"
)

const script = "assets/inbox-AbCd1234.js"

func testPages() http.Handler {
	dist := fstest.MapFS{}
	for name, text := range map[string]string{
		"index.html":  "<title>inbox</title>" + strings.Repeat("<p>text</p>", 40),
		"thread.html": `<meta name="csp-nonce" content="__CSP_NONCE__"><title>thread</title>`,
		"live.html":   "<title>live</title>",
		script:        strings.Repeat("console.log('wave')\n", 100),
		"icon.png":    strings.Repeat("not really a picture ", 20),
		"notes.xyz":   strings.Repeat("a kind nobody knows ", 20),
	} {
		dist[name] = &fstest.MapFile{Data: []byte(text)}
	}
	mux := http.NewServeMux()
	built := newPages(dist)
	pageRoutes(mux, func() *pages { return built }, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusSwitchingProtocols)
	})
	return mux
}

func ask(h http.Handler, method, path string, header ...string) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func bodyOf(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEachPathHasItsPage(t *testing.T) {
	h := testPages()
	for _, c := range []struct {
		method, path string
		status       int
		holds        string
	}{
		{"GET", "/", 200, "<title>inbox</title>"},
		{"GET", "/t/01J9Z3N8QJ7C0V5R2K4M6T8W9X", 200, "<title>thread</title>"},
		{"GET", "/t/01J9Z3N8QJ7C0V5R2K4M6T8W9X@12", 200, "<title>thread</title>"},
		{"GET", "/t/no%20such%20thread/at/all", 200, "<title>thread</title>"},
		{"GET", "/live", 200, "<title>live</title>"},
		{"GET", "/deck", 404, `"not_found"`}, // not in this build
		{"GET", "/nothing", 404, `"not_found"`},
		{"GET", "/thread.html", 404, `"not_found"`}, // its place for a nonce would be served as it is
		{"GET", "/index.html", 404, `"not_found"`},
		{"GET", "/assets/", 404, `"not_found"`},
		{"GET", "/assets/gone.js", 404, `"not_found"`},
		{"GET", "/icon.png", 200, "not really"},
		{"GET", "/" + script, 200, "console.log"},
		{"POST", "/live", 405, "pages are read-only"},
		{"PUT", "/t/x", 405, "pages are read-only"},
		{"HEAD", "/live", 200, ""},
	} {
		resp := ask(h, c.method, c.path)
		body := bodyOf(t, resp)
		if resp.StatusCode != c.status || !strings.Contains(body, c.holds) || (c.method == "HEAD" && body != "") {
			t.Errorf("%s %s: %d %.80s, want %d with %q", c.method, c.path, resp.StatusCode, body, c.status, c.holds)
		}
	}
	if resp := ask(h, "GET", "/", "Connection", "Upgrade", "Upgrade", "websocket"); resp.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("an upgrade at the root: %d", resp.StatusCode)
	}
}

func TestPagesComeWithTheirHeaders(t *testing.T) {
	h := testPages()
	for path, cache := range map[string]string{
		"/": "no-cache", "/live": "no-cache", "/t/x": "no-cache", "/nothing": "no-cache", "/icon.png": "no-cache",
		"/" + script: "public, max-age=31536000, immutable",
	} {
		resp := ask(h, "GET", path)
		for name, want := range map[string]string{
			"Cache-Control": cache, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s: %s: %q, want %q", path, name, got, want)
			}
		}
		if csp := resp.Header.Get("Content-Security-Policy"); path != "/t/x" && csp != policy {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/t/x": "text/html; charset=utf-8", "/" + script: "text/javascript; charset=utf-8",
		"/icon.png": "image/png", "/notes.xyz": "application/octet-stream",
	} {
		if got := ask(h, "GET", path).Header.Get("Content-Type"); got != kind {
			t.Errorf("%s: type %q, want %q", path, got, kind)
		}
	}
}

var nonceOf = regexp.MustCompile(`style-src 'self' 'nonce-([A-Za-z0-9+/=_-]{20,})';`)

func TestEveryThreadPageHasAFreshNonce(t *testing.T) {
	h := testPages()
	seen := map[string]bool{}
	for range 20 {
		resp := ask(h, "GET", "/t/x", "Accept-Encoding", "gzip", "If-None-Match", "*")
		m := nonceOf.FindStringSubmatch(resp.Header.Get("Content-Security-Policy"))
		if resp.StatusCode != 200 || m == nil {
			t.Fatalf("%d, policy %q", resp.StatusCode, resp.Header.Get("Content-Security-Policy"))
		}
		body := bodyOf(t, resp)
		if !strings.Contains(body, `content="`+m[1]+`"`) || strings.Contains(body, noncePlace) {
			t.Fatalf("nonce %s is not in the page: %s", m[1], body)
		}
		if seen[m[1]] {
			t.Fatalf("nonce %s came twice", m[1])
		}
		seen[m[1]] = true
		if tag := resp.Header.Get("ETag"); tag != "" {
			t.Fatalf("ETag %s on a page that is never the same", tag)
		}
		if strings.Contains(resp.Header.Get("Content-Security-Policy"), "unsafe") {
			t.Fatal("the policy allows something unsafe")
		}
	}
}

func TestTextComesCompressedToThoseWhoTakeIt(t *testing.T) {
	h := testPages()
	plain := ask(h, "GET", "/"+script)
	want := bodyOf(t, plain)
	packed := ask(h, "GET", "/"+script, "Accept-Encoding", "br, gzip;q=0.5")
	z, err := gzip.NewReader(packed.Body)
	if err != nil || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v, coding %q", err, packed.Header.Get("Content-Encoding"))
	}
	if got, err := io.ReadAll(z); err != nil || string(got) != want {
		t.Fatalf("%d bytes unpacked of %d: %v", len(got), len(want), err)
	}
	if plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Errorf("the codings have the same headers: %v and %v", plain.Header, packed.Header)
	}
	for _, resp := range []*http.Response{plain, packed} {
		if resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary %q", resp.Header.Get("Vary"))
		}
	}
	for _, path := range []string{"/icon.png", "/notes.xyz"} {
		if resp := ask(h, "GET", path, "Accept-Encoding", "gzip"); resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Vary") != "" {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
}

func TestAcceptEncodingIsReadAsWritten(t *testing.T) {
	for list, want := range map[string]bool{
		"gzip": true, "GZIP": true, "deflate, gzip": true, "*": true, "gzip;q=0.001": true, "gzip ; Q=1": true, "x-gzip": true,
		"": false, "br": false, "gzip;q=0": false, "gzip;q=0.000": false, "identity": false, "*;q=0": false,
		"*, gzip;q=0": false, "gzip;q=0, *": false, "*;q=0, gzip": true, "gzip;q=x": false, "gzipped": false,
	} {
		if got := acceptsGzip([]string{list}); got != want {
			t.Errorf("%q: %v", list, got)
		}
	}
}

func TestWhoHasTheAssetGets304(t *testing.T) {
	h := testPages()
	for _, path := range []string{"/", "/live", "/" + script} {
		for _, coding := range []string{"gzip", "identity"} {
			tag := ask(h, "GET", path, "Accept-Encoding", coding).Header.Get("ETag")
			for _, list := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
				resp := ask(h, "GET", path, "Accept-Encoding", coding, "If-None-Match", list)
				if resp.StatusCode != http.StatusNotModified || bodyOf(t, resp) != "" || resp.Header.Get("ETag") != tag {
					t.Errorf("%s with %s: %d, ETag %s", path, list, resp.StatusCode, resp.Header.Get("ETag"))
				}
			}
			if resp := ask(h, "GET", path, "If-None-Match", `"0123456789abcdef01234567"`); resp.StatusCode != 200 {
				t.Errorf("%s: another tag gives %d", path, resp.StatusCode)
			}
		}
	}
}

func TestBuiltPagesAreServedWhole(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	asset := regexp.MustCompile(`(?:src|href)="(/[^"]+)"`)
	for _, path := range []string{"/", "/t/anything", "/live", "/deck"} {
		resp, err := http.Get(url + path) // asks for gzip and unpacks it
		if err != nil {
			t.Fatal(err)
		}
		body := bodyOf(t, resp)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(body, "<title>") {
			t.Errorf("%s: %d %.80s", path, resp.StatusCode, body)
		}
		for _, m := range asset.FindAllStringSubmatch(body, -1) {
			file, err := http.Get(url + m[1])
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			_, _ = b.ReadFrom(file.Body)
			_ = file.Body.Close()
			if file.StatusCode != 200 || b.Len() == 0 {
				t.Errorf("%s names %s: %d, %d bytes", path, m[1], file.StatusCode, b.Len())
			}
		}
	}
}
