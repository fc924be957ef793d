package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestAWriteIsSentAgainWithItsKey while its outcome is unknown, whole each time; any other
// refusal ends it.
func TestAWriteIsSentAgainWithItsKey(t *testing.T) {
	for _, test := range []struct {
		code    string
		unknown int // answers before that code
		sent    int
		fails   bool
	}{
		{"", 0, 1, false}, {"", 2, 3, false}, {"unavailable", 0, 1, true}, {"stale", 1, 2, true}, {"", writeTries, writeTries, true},
	} {
		var keys []string
		c := &control{client: &http.Client{Transport: inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if string(body) != "text" {
				t.Errorf("try %d has the body %q", len(keys)+1, body)
			}
			keys = append(keys, r.Header.Get("Idempotency-Key"))
			code := test.code
			if len(keys) <= test.unknown {
				code = "unknown"
			}
			if code != "" {
				w.WriteHeader(http.StatusServiceUnavailable)
				_, _ = io.WriteString(w, `{"error":{"code":"`+code+`","text":"no"}}`)
				return
			}
			_, _ = io.WriteString(w, `{}`)
		})}}}
		var out struct{}
		err := c.write(t.Context(), "PUT", "/", nil, strings.NewReader("text"), &out)
		if (err != nil) != test.fails || len(keys) != test.sent {
			t.Errorf("%+v: %v after %d requests", test, err, len(keys))
		}
		for _, key := range keys {
			if key == "" || key != keys[0] {
				t.Errorf("%+v: keys %q", test, keys)
			}
		}
	}
}
