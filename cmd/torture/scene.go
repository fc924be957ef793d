package main

import (
	"context"

	"parodywave/cmd/torture/crowd"
)

// scene starts the server of e.dir/data, which lies if this is the control, and gathers
// a crowd at it, which begins to type. The journal has all that the crowd saw. The
// caller ends the crowd and the server, which is not running after an error.
func (e *env) scene(ctx context.Context, lie string, size crowd.Size) (*victim, *crowd.Crowd, *crowd.Journal, error) {
	v, err := e.serve(lie)
	if err != nil {
		return nil, nil, nil, err
	}
	c, j, err := v.scene(ctx, e.seed, size)
	return v, c, j, err
}

// scene starts the server and gathers a crowd at it.
func (v *victim) scene(ctx context.Context, seed uint64, size crowd.Size) (*crowd.Crowd, *crowd.Journal, error) {
	if err := v.start(); err != nil {
		return nil, nil, err
	}
	j := crowd.NewJournal()
	c, err := crowd.Gather(ctx, v.url(), j, seed, size)
	if err != nil {
		v.kill()
	}
	return c, j, err
}
