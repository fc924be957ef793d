package main

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestHistoriesAreJudged: the model accepts what a register does, and finds a write
// that was done twice, one that was lost, and a stale read.
func TestHistoriesAreJudged(t *testing.T) {
	op := func(at, end int64, in call, out reply) porcupine.Operation {
		return porcupine.Operation{Input: in, Output: out, Call: at, Return: end}
	}
	write := func(rev uint64, text string) call { return call{write: true, text: text, rev: rev} }
	for name, c := range map[string]struct {
		all  []porcupine.Operation
		want porcupine.CheckResult
	}{
		"in order":           {[]porcupine.Operation{op(0, 1, write(1, "a"), reply{rev: 2}), op(2, 3, call{}, reply{rev: 2, text: "a"})}, porcupine.Ok},
		"refused":            {[]porcupine.Operation{op(0, 5, write(1, "a"), reply{rev: 2}), op(1, 4, write(1, "b"), reply{refused: true})}, porcupine.Ok},
		"unknown and done":   {[]porcupine.Operation{op(0, 99, write(1, "a"), reply{unknown: true}), op(2, 3, call{}, reply{rev: 2, noText: true})}, porcupine.Ok},
		"unknown and not":    {[]porcupine.Operation{op(0, 99, write(1, "a"), reply{unknown: true}), op(2, 3, call{}, reply{rev: 1})}, porcupine.Ok},
		"lost":               {[]porcupine.Operation{op(0, 1, write(1, "a"), reply{rev: 2}), op(2, 3, call{}, reply{rev: 1})}, porcupine.Illegal},
		"twice":              {[]porcupine.Operation{op(0, 1, write(1, "a"), reply{rev: 2}), op(2, 3, call{}, reply{rev: 3, text: "a"})}, porcupine.Illegal},
		"two writers at one": {[]porcupine.Operation{op(0, 5, write(1, "a"), reply{rev: 2}), op(1, 4, write(1, "b"), reply{rev: 2})}, porcupine.Illegal},
		"another text":       {[]porcupine.Operation{op(0, 1, write(1, "a"), reply{rev: 2}), op(2, 3, call{}, reply{rev: 2, text: "b"})}, porcupine.Illegal},
		"stale through the socket": {[]porcupine.Operation{
			op(0, 1, write(1, "a"), reply{rev: 2}), op(2, 3, call{}, reply{rev: 2, noText: true}), op(4, 5, call{}, reply{rev: 1, noText: true}),
		}, porcupine.Illegal},
	} {
		if got := porcupine.CheckOperationsTimeout(registers.ToModel(), c.all, 0); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
