package authority

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
)

// TestPeopleInOneLineKeepAllCharacters has two or three people type into one
// line, each character of the world once, over a slow network, while lines
// come and go above. They type on at their own text until all receipts are
// there, and then at what the line reads.
func TestPeopleInOneLineKeepAllCharacters(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(seeds.Rounds(1500)) {
		if flaw := typeTogether(t, seed+i, false); flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./server/internal/authority\n%s", seed+i, t.Name(), flaw)
		}
	}
}

// TestOverwritingLosesCharacters is the wrong twin: with the line as it is now
// as the base, whatever the client showed, characters get lost.
func TestOverwritingLosesCharacters(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(100) {
		if flaw := typeTogether(t, seed+i, true); flaw != "" {
			t.Log(strings.SplitN(flaw, "\n", 2)[0])
			return
		}
	}
	t.Error("100 runs and nothing was lost")
}

func typeTogether(t *testing.T, seed uint64, overwrite bool) string {
	rng := rand.New(rand.NewPCG(seed, 0))
	s := newScene(t, "rum\nmilk")
	var said []string
	for i := range 2 + rng.IntN(2) {
		c := s.line(fmt.Sprintf("line%d", i), ada)
		c.updateAt(1, 2, "milk")
		s.flow()
	}
	chars := []rune("milk")
	for range 150 {
		c := s.lines[rng.IntN(len(s.lines))]
		switch rng.IntN(6) {
		case 0, 1:
			shown := c.last
			if c.sent == c.got+c.errs {
				shown = c.data[c.current].value
			}
			char := rune(0x4e00 + len(chars))
			if rng.IntN(2) == 0 {
				char = rune(0x1f300 + len(chars))
			}
			chars = append(chars, char)
			r := []rune(shown)
			value := string(slices.Insert(r, rng.IntN(len(r)+1), char))
			said = append(said, fmt.Sprintf("%s: %q to %q", c.name, shown, value))
			c.update(value)
			if overwrite {
				f := &c.conn.up[len(c.conn.up)-1]
				edit, conn := f.f, c.conn
				f.f = func() {
					s.serve(testInbox)
					if l := s.auth.lines[conn]; l.own != nil {
						l.own, l.delivered = nil, nil
					}
					edit()
				}
			}
		case 2:
			if len(c.conn.up) > 0 {
				f := c.conn.up[0]
				c.conn.up = c.conn.up[1:]
				f.f()
			}
		case 3:
			s.serve(1 + rng.IntN(4))
		case 4:
			if len(c.conn.down) > 0 {
				m := c.conn.down[0]
				c.conn.down = c.conn.down[1:]
				c.receive(m)
				said = append(said, fmt.Sprintf("%s hears %s", c.name, describe(m)))
			}
		default:
			s.pass(int64(rng.IntN(300)))
			if rng.IntN(4) == 0 {
				if lines := strings.Count(s.auth.thread.Text(), "\n"); lines > 1 && rng.IntN(2) == 0 {
					s.elsewhere(0, 4, "")
				} else {
					s.elsewhere(0, 0, "tea\n")
				}
			}
		}
	}
	s.flow()
	s.wait()
	s.wait()
	text := s.auth.thread.Text()
	line := text[strings.LastIndexByte(text, '\n')+1:]
	for _, c := range chars {
		if strings.Count(line, string(c)) != 1 {
			return fmt.Sprintf("%q is %d times in %q\n%s", c, strings.Count(line, string(c)), text, strings.Join(said, "\n"))
		}
	}
	if n := len([]rune(line)); n != len(chars) {
		return fmt.Sprintf("%d characters in %q, %d were typed\n%s", n, line, len(chars), strings.Join(said, "\n"))
	}
	for _, c := range s.lines {
		if c.problem != "" {
			return c.problem
		}
	}
	return ""
}
