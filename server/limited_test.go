package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/warn"
)

// TestPagesOfOtherSitesMayNotAskTheAPI: what a browser says of a request decides, and
// programs, which say nothing, are served.
func TestPagesOfOtherSitesMayNotAskTheAPI(t *testing.T) {
	_, u := start(t, eventlog.NewMemory(), func(c *Config) { c.AllowOrigins = []string{"https://wave.example"} })
	for _, tc := range []struct {
		path, site, origin string
		status             int
	}{
		{"/api/threads", "", "", 200},
		{"/api/threads", "same-origin", "", 200},
		{"/api/threads", "none", "", 200},
		{"/api/threads", "cross-site", "", 403},
		{"/api/threads", "same-site", "", 403},
		{"/api/grep?q=x", "cross-site", "", 403},
		{"/api/threads", "cross-site", "https://wave.example", 200},
		{"/api/threads", "cross-site", "https://evil.example", 403},
		{"/", "cross-site", "", 200}, // a link
	} {
		req, _ := http.NewRequest(http.MethodGet, u+tc.path, nil)
		if tc.site != "" {
			req.Header.Set("Sec-Fetch-Site", tc.site)
		}
		if tc.origin != "" {
			req.Header.Set("Origin", tc.origin)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tc.status {
			t.Errorf("%s from %q, origin %q: %d, want %d", tc.path, tc.site, tc.origin, resp.StatusCode, tc.status)
		}
	}
}

// pipes is a listener whose connections have no network, as a test in fake time must.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// serveLimited serves h behind the deadlines of the guard, and returns a client's end.
func serveLimited(t *testing.T, h http.HandlerFunc) net.Conn {
	t.Cleanup(func() { time.Sleep(2 * time.Hour) }) // the last cleanup: both ends see that it is over
	g := guard{quotas: quota.New(quota.Limits{}), warnings: warn.New(nil)}
	ours, theirs := net.Pipe()
	l := &pipes{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
	l.conns <- theirs
	s := &http.Server{Handler: g.limited(h)}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _, _ = ours.Close(), s.Close() })
	return ours
}

// TestABodyThatTricklesIsGivenUp: a client that sends a byte now and then holds a request
// for a minute at most.
func TestABodyThatTricklesIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		began := time.Now()
		c := serveLimited(t, func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			ended <- err
		})
		go func() { _, _ = io.Copy(io.Discard, c) }()
		go func() {
			_, _ = c.Write([]byte("PUT /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"))
			for {
				time.Sleep(5 * time.Second)
				if _, err := c.Write([]byte("x")); err != nil {
					return
				}
			}
		}()
		err := <-ended
		if err == nil || time.Since(began) > bodyWithin+time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestAnAnswerThatNobodyReadsIsGivenUp: one that somebody reads slowly goes on.
func TestAnAnswerThatNobodyReadsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, pause := range map[string]time.Duration{"slowly": 10 * time.Second, "not at all": time.Hour} {
			ended := make(chan error, 1)
			c := serveLimited(t, func(w http.ResponseWriter, _ *http.Request) {
				var err error
				for i := 0; i < 20 && err == nil; i++ {
					_, err = w.Write([]byte(strings.Repeat("x", 64<<10)))
				}
				ended <- err
			})
			go func() { _, _ = c.Write([]byte("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n")) }()
			go func() {
				b := make([]byte, 16<<10)
				for {
					time.Sleep(pause)
					if _, err := c.Read(b); err != nil {
						return
					}
				}
			}()
			err := <-ended
			if gone := err != nil; gone != (name == "not at all") {
				t.Errorf("whoever reads %s: %v", name, err)
			}
			var timeout net.Error
			if err != nil && (!errors.As(err, &timeout) || !timeout.Timeout()) {
				t.Errorf("whoever reads %s: %v", name, err)
			}
			_ = c.Close()
		}
	})
}
