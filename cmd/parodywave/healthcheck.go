package main

import (
	"context"
	"errors"
	"time"
)

type healthcheckCommand struct {
	Timeout time.Duration `default:"5s" placeholder:"5s" help:"How long the server may take to answer (default: 5s)."`
}

// Help shows how it is used.
func (*healthcheckCommand) Help() string {
	return `Asks the server of --data whether its projections are rebuilt and its log takes appends. Prints nothing when that
is so and exits 0; otherwise says what is wrong and exits 1. Made for containers, whose image needs no other program:

  parodywave healthcheck --data /srv/wave --timeout 2s
  HEALTHCHECK CMD ["parodywave", "healthcheck"]
`
}

func (c *healthcheckCommand) Run(a *app) error {
	if a.File != "" {
		return usage("say --data DIR", "a bare copy has no server")
	}
	if c.Timeout <= 0 {
		return usage("say how long the server may take, as --timeout 2s", "--timeout %v leaves no time for an answer", c.Timeout)
	}
	ctx, cancel := context.WithTimeout(a.ctx, c.Timeout)
	defer cancel()
	a.ctx = ctx
	server, err := a.dial()
	if err != nil {
		if c.late(ctx, err) {
			return c.silent(a)
		}
		return failed("parodywave serve starts one", "no healthy server of %s: %w", a.Data, err)
	}
	defer server.close()
	answer, err := server.send(ctx, "GET", "/readyz", nil, nil)
	if err != nil {
		if c.late(ctx, err) {
			return c.silent(a)
		}
		return failed("", "the server of %s is not ready: %w", a.Data, err)
	}
	return answer.Body.Close()
}

// late reports whether err is that the time was over: what there is takes
// connections and does not answer, or its socket would have refused at once.
// The wait for a socket may end before --timeout does.
func (*healthcheckCommand) late(ctx context.Context, err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded)
}

func (c *healthcheckCommand) silent(a *app) error {
	return failed("it hangs or is stopped: look at its process; restart it if it stays so", "the server of %s did not answer within %v", a.Data, min(c.Timeout, socketWait))
}
