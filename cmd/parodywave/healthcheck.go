package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"
)

type healthcheckCommand struct {
	Timeout time.Duration `default:"5s" placeholder:"5s" help:"Time limit for the answer (default: 5s)."`
}

func (*healthcheckCommand) Help() string {
	return `Asks the server of --data whether its projections are rebuilt and its log can be written. If so, it prints nothing and
exits with status 0; otherwise it prints the problem and exits with status 1. Made for containers, whose image then needs
no other program:

  parodywave healthcheck --data /srv/wave --timeout 2s
  HEALTHCHECK CMD ["parodywave", "healthcheck"]
`
}

func (c *healthcheckCommand) Run(a *app) error {
	if a.File != "" {
		return usage("use --data DIR", "healthcheck looks for a running server, but --file names a copy of a log")
	}
	if c.Timeout <= 0 {
		return usage("use a duration like --timeout 2s", "--timeout must be more than 0, not %v", c.Timeout)
	}
	ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
	defer cancel()
	a.ctx = ctx
	server, err := a.dial()
	if err != nil {
		if c.late(ctx, err) {
			return c.silent(a)
		}
		return failed("parodywave serve starts one", "no running server for %s: %w", a.Data, err)
	}
	defer server.close()
	answer, err := server.send(ctx, "GET", "/readyz", nil, "", nil)
	if err != nil {
		if c.late(ctx, err) {
			return c.silent(a)
		}
		return failed("", "the server for %s is not ready: %w", a.Data, err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if _, note, ok := strings.Cut(strings.TrimSpace(string(said)), "\n"); ok && err == nil {
		a.say("%s", note)
	}
	return err
}

// late reports whether err is a timeout: the server accepts connections but does
// not answer. (Without a server the socket refuses at once.) The wait for the
// socket may end before --timeout.
func (*healthcheckCommand) late(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded)
}

func (c *healthcheckCommand) silent(a *app) error {
	return failed("it may hang or be stopped: look at its process, and restart it if this continues", "the server for %s did not answer within %v", a.Data, min(c.Timeout, socketWait))
}
