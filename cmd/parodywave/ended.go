package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/alecthomas/kong"
)

// errEnded: the running server ended, or its connection broke, during a read. A
// broken write is another error, because its outcome is unknown.
var errEnded = errors.New("the running server has ended")

// perform runs a command. If the server ended while the command read from it, the
// command runs once more, on the stopped directory or the next server, unless it
// has already printed something or read stdin.
func (a *app) perform(command *kong.Context) error {
	err := command.Run(a)
	if a.mayRetry(err) {
		a.out.Reset(stdoutWriter{a})
		err = command.Run(a)
	}
	if a.ctx.Err() == nil && errors.Is(err, errEnded) {
		return failed("run the command again: it also works without a server", "the server ended while the command was reading")
	}
	return err
}

func (a *app) mayRetry(err error) bool {
	return errors.Is(err, errEnded) && a.ctx.Err() == nil && !a.shown && !a.stdinRead
}

// A stdoutWriter writes to stdout and records that it did.
type stdoutWriter struct{ a *app }

func (w stdoutWriter) Write(p []byte) (int, error) {
	w.a.shown = true
	return w.a.stdout.Write(p)
}

// lossy marks errors of the connection during a read with errEnded.
type lossy struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (l lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.RoundTripper.RoundTrip(r)
	if r.Method != http.MethodGet {
		return resp, err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errEnded, err)
	}
	resp.Body = lossyBody{resp.Body}
	return resp, nil
}

type lossyBody struct{ io.ReadCloser }

func (b lossyBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %v", errEnded, err) // hides io.ErrUnexpectedEOF
	}
	return n, err
}
