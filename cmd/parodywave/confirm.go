package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/charmbracelet/x/term"
)

// asks reports whether somebody at a terminal can answer a question.
func (a *app) asks() bool { return term.IsTerminal(os.Stdin.Fd()) }

// confirm asks a question on stderr and reads the answer from stdin. Anything but
// y or yes is a no.
func (a *app) confirm(format string, args ...any) bool {
	a.out.Flush()
	a.shown = true
	fmt.Fprintf(a.err, "parodywave: %s [y/N] ", visible(fmt.Sprintf(format, args...)))
	a.stdinRead = true
	line, _ := bufio.NewReader(a.in).ReadString('\n') // no answer is a no
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true
	}
	return false
}

// number returns "1 change" or "2 changes".
func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
