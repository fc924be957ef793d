package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/alecthomas/kong"
)

// errEnded: the running server ended, or its connection broke, while it was
// read. Nothing is said of writes, whose outcome nobody knows then.
var errEnded = errors.New("the running server has ended")

// perform runs a command. One that read from a server which ended meanwhile
// runs once more, now on the stopped directory or on the next server, unless
// something was printed or stdin was read: that cannot be taken back.
func (a *app) perform(command *kong.Context) error {
	err := command.Run(a)
	if a.mayRetry(err) {
		a.out.Reset(witness{a})
		err = command.Run(a)
	}
	if a.ctx.Err() == nil && errors.Is(err, errEnded) {
		return failed("run the command again: a stopped directory is read, too", "the running server ended while it was asked")
	}
	return err
}

func (a *app) mayRetry(err error) bool {
	return errors.Is(err, errEnded) && a.ctx.Err() == nil && !a.shown && !a.stdinRead
}

// A witness is stdout, and remembers that something was written to it.
type witness struct{ a *app }

func (w witness) Write(p []byte) (int, error) {
	w.a.shown = true
	return w.a.stdout.Write(p)
}

// lossy marks what goes wrong with the connection while something is read.
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
		err = fmt.Errorf("%w: %v", errEnded, err) // not to be taken for an end
	}
	return n, err
}
