package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/socklog"

	"github.com/anishathalye/porcupine"
)

// A history is all operations on one thread, with the times of their calls and answers.
type history struct {
	thread string

	mu  sync.Mutex
	all []porcupine.Operation
}

// A call is the input of an operation: a read, or a write of a text at a revision.
type call struct {
	write bool
	text  string
	rev   uint64 // that the thread must have
}

// A reply is the output of an operation.
type reply struct {
	unknown bool // the connection was lost: a write may have happened or not, or may still
	refused bool // the thread had another revision
	rev     uint64
	text    string
	noText  bool // it says the revision only
}

// A register is the state of a thread.
type register struct {
	rev  uint64
	text string
}

// registers is the model: it says for a state and an operation, which states may follow.
var registers = porcupine.NondeterministicModel{
	Init: func() []any { return []any{register{1, ""}} },
	Step: func(state, input, output any) []any {
		s, in, out := state.(register), input.(call), output.(reply)
		written := register{in.rev + 1, in.text}
		switch {
		case !in.write:
			if out.rev == s.rev && (out.noText || out.text == s.text) {
				return []any{s}
			}
		case out.unknown && s.rev == in.rev:
			return []any{s, written}
		case out.unknown, out.refused && s.rev != in.rev:
			return []any{s}
		case !out.refused && s.rev == in.rev && out.rev == written.rev:
			return []any{written}
		}
		return nil
	},
}

// judge looks for an order that explains the history.
func (h *history) judge(o *outcome) error {
	model := registers.ToModel()
	switch porcupine.CheckOperationsTimeout(model, h.all, 2*time.Minute) {
	case porcupine.Unknown:
		return fmt.Errorf("no order was found for the %d operations of thread %s within two minutes", len(h.all), h.thread)
	case porcupine.Illegal:
		o.lose("thread %s: no order of the %d operations explains their answers", h.thread, len(h.all))
	}
	for _, op := range h.all {
		o.tried++
		switch in, out := op.Input.(call), op.Output.(reply); {
		case out.unknown:
			o.count("lost answers", 1)
		case in.write && out.refused:
			o.count("refused writes", 1)
		case in.write:
			o.acked++
		}
	}
	return nil
}

var historyBegan = time.Now()

// do records an operation. One that never reached the server is none.
func (h *history) do(in call, f func() (reply, error)) (reply, error) {
	at := time.Since(historyBegan)
	out, err := f()
	end := time.Since(historyBegan)
	var op *net.OpError
	switch {
	case err != nil && (!in.write || errors.As(err, &op) && op.Op == "dial" || errors.Is(err, syscall.ENOENT)):
		return out, err
	case err != nil:
		out.unknown, end = true, 1<<62
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, porcupine.Operation{ClientId: len(h.all), Input: in, Call: int64(at), Output: out, Return: int64(end)})
	return out, err
}

var ordered = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

// request sends a request about the thread's text.
func (w *writer) request(ctx context.Context, method, text string) (out reply, err error) {
	req, err := http.NewRequestWithContext(ctx, method, w.v.url()+"/api/threads/"+w.thread+"/text", strings.NewReader(text))
	if err != nil {
		return out, err
	}
	req.Header.Set("Parodywave-User", "Writer")
	if method == http.MethodPut {
		req.Header.Set("If-Match", fmt.Sprintf("%q", strconv.FormatUint(w.rev, 10)))
	}
	resp, err := ordered.Do(req)
	if err != nil {
		return out, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return out, err
	case resp.StatusCode == http.StatusPreconditionFailed:
		return reply{refused: true}, nil
	case resp.StatusCode != http.StatusOK:
		return out, fmt.Errorf("%s: %s", resp.Status, body)
	}
	out.rev, err = strconv.ParseUint(strings.Trim(resp.Header.Get("ETag"), `"`), 10, 64)
	out.text = string(body)
	return out, err
}

// read reads the text.
func (w *writer) read(ctx context.Context) {
	out, err := w.do(call{}, func() (reply, error) { return w.request(ctx, http.MethodGet, "") })
	if err == nil {
		w.rev = out.rev
	}
}

// write writes the text where the thread still has the revision that w knows.
func (w *writer) write(ctx context.Context, text string) {
	out, err := w.do(call{write: true, text: text, rev: w.rev}, func() (reply, error) { return w.request(context.WithoutCancel(ctx), http.MethodPut, text) })
	switch {
	case err != nil || out.refused:
		w.rev = 0
	default:
		w.rev = out.rev
	}
}

// head reads the revision through the control socket, as commands do.
func (w *writer) head(ctx context.Context) {
	transport := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, err := filepath.EvalSymlinks(filepath.Join(w.v.data, "control.sock"))
		if err != nil {
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	log := socklog.New(&http.Client{Transport: transport}, "http://parodywave")
	defer log.Close()
	_, _ = w.do(call{}, func() (reply, error) {
		h, err := log.Head(ctx, eventlog.Stream(w.thread))
		return reply{rev: uint64(h.Revision), noText: true}, err
	})
}
