package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/socklog"
	"parodywave/server"

	"github.com/oklog/ulid/v2"
)

// A control is a client of the running server, through its socket, or of a server
// in this process that only this command uses.
type control struct {
	client *http.Client
	close  func() error
}

// base is the address of a control; its host is never looked up.
const base = "http://parodywave"

var errNoServer = errors.New("no server answers")

// dial connects to the server of the data directory, which must have the same
// version. The error wraps errNoServer if there is no server, or not yet.
func (a *app) dial() (*control, error) {
	path, err := a.socketPath()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	c := &control{client: &http.Client{Transport: lossy{transport}}, close: func() error { transport.CloseIdleConnections(); return nil }}
	ctx, cancel := context.WithTimeout(a.ctx, socketWait)
	defer cancel()
	var theirs struct{ Version string }
	if err := c.do(ctx, "GET", "/version", nil, nil, &theirs); err != nil {
		var refused *controlError
		if errors.As(err, &refused) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %w", errNoServer, err)
	}
	if ours := release(); theirs.Version != ours {
		return nil, failed("use the parodywave program that the server runs, or restart the server", "the running server has version %s, this command %s", theirs.Version, ours)
	}
	return c, nil
}

// log returns the server's log.
func (c *control) log() eventlog.AuditLog { return socklog.New(c.client, base) }

// A controlError is an error answer of a server.
type controlError struct {
	Code   string
	Text   string
	Status int
}

func (e *controlError) Error() string { return e.Text }

func (e *controlError) Is(target error) bool {
	return target == eventlog.ErrNotFound && e.Code == "not_found"
}

// do sends a request and reads the answer into out.
func (c *control) do(ctx context.Context, method, path string, query url.Values, body io.Reader, out any) error {
	return c.doKeyed(ctx, method, path, query, "", body, out)
}

// writeTries is how often a write is sent whose outcome is unknown, and
// writePause the pause before another try.
const (
	writeTries = 5
	writePause = 300 * time.Millisecond
)

// write is do for a request that changes something. If its outcome is unknown, it sends
// the request again with the same key, so that nothing is written twice.
func (c *control) write(ctx context.Context, method, path string, query url.Values, body io.ReadSeeker, out any) error {
	key := ulid.Make().String()
	for try := 1; ; try++ {
		err := c.doKeyed(ctx, method, path, query, key, body, out)
		var refused *controlError
		if err == nil || errors.As(err, &refused) && refused.Code != "unknown" || try == writeTries || ctx.Err() != nil {
			return err
		}
		time.Sleep(writePause)
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
	}
}

// doKeyed is do with a header Idempotency-Key, unless key is empty.
func (c *control) doKeyed(ctx context.Context, method, path string, query url.Values, key string, body io.Reader, out any) error {
	resp, err := c.send(ctx, method, path, query, key, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// send sends a request; the caller closes the body of the answer.
func (c *control) send(ctx context.Context, method, path string, query url.Values, key string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, base+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if resp.StatusCode < 300 {
		return resp, nil
	}
	defer resp.Body.Close()
	var answer struct{ Error controlError }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Error.Text == "" {
		answer.Error.Text = "the server answered " + resp.Status
	}
	answer.Error.Status = resp.StatusCode
	return nil, &answer.Error
}

// writer returns a control to write through: of the running server or, with the
// log locked, of a server in this process.
func (a *app) writer() (*control, error) {
	for deadline := time.Now().Add(lockWait); ; {
		log, err := boltlog.Open(a.logPath(), boltlog.Options{Packer: event.Packer{}})
		if err == nil {
			a.warn(log.Warnings())
			return a.private(log)
		}
		if !errors.Is(err, boltlog.ErrLocked) {
			return nil, a.openError(err)
		}
		c, err := a.dial()
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, errNoServer) {
			return nil, err
		}
		if err := a.waitUntil(deadline); err != nil {
			return nil, failed("wait for the other command to end and try again", "another command has used the log %s for more than %v", a.logPath(), lockWait)
		}
	}
}

// private returns a control of a server in this process.
func (a *app) private(log *boltlog.Log) (*control, error) {
	s, err := server.New(a.ctx, server.Config{Log: log.Store(), Logger: slog.New(slog.DiscardHandler), Offline: true, Version: release()})
	if err != nil {
		log.Close()
		return nil, err
	}
	return &control{
		client: &http.Client{Transport: inProcess{s.Control()}},
		close: func() error {
			return errors.Join(s.Shutdown(context.WithoutCancel(a.ctx)), log.Close())
		},
	}, nil
}

// inProcess passes requests to a handler, so that commands write in one way,
// whether a server runs or not.
type inProcess struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := &answer{status: http.StatusOK, header: http.Header{}}
	p.ServeHTTP(w, r)
	return &http.Response{
		StatusCode: w.status, Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		Header: w.header, Body: io.NopCloser(&w.body), Request: r,
	}, nil
}

// An answer is an http.ResponseWriter that buffers the body.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (w *answer) Header() http.Header         { return w.header }
func (w *answer) WriteHeader(status int)      { w.status = status }
func (w *answer) Write(b []byte) (int, error) { return w.body.Write(b) }
