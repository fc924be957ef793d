package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// example finds what a command's help shows of this program, up to where a
// shell, or a word about it in a column of its own, takes over.
var example = regexp.MustCompile(`parodywave((?: (?:'[^']*'|"[^"]*"|[^|<>)#&; '"])+)+)`)

// word is one of a command line.
var word = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|[^\s'"])+`)

// examples returns the command lines in the indented lines of a help.
func examples(help string) (all [][]string) {
	for line := range strings.Lines(help) {
		if !strings.HasPrefix(line, "  ") {
			continue
		}
		for _, m := range example.FindAllStringSubmatch(line, -1) {
			var args []string
			for _, w := range word.FindAllString(m[1], -1) {
				args = append(args, strings.NewReplacer("'", "", `"`, "").Replace(w))
			}
			all = append(all, args)
		}
	}
	return all
}

// parses reports what is wrong with a command line, and runs nothing.
func parses(t *testing.T, args []string) (command string, err error) {
	t.Helper()
	var table commands
	parser, err := newParser(&table, &configFile{})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(joinTimes(args))
	if err != nil {
		return "", err
	}
	command, _, _ = strings.Cut(parsed.Command(), " ")
	return command, nil
}

func TestEveryCommandShowsExamplesThatParse(t *testing.T) {
	var table commands
	parser, err := newParser(&table, &configFile{})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range parser.Model.Children {
		if node.Hidden {
			continue
		}
		help := ""
		if h, ok := node.Target.Addr().Interface().(kong.HelpProvider); ok {
			help = h.Help()
		}
		shown := false
		for _, args := range examples(help) {
			command, err := parses(t, args)
			if err != nil {
				t.Errorf("%s --help shows %q: %v", node.Name, args, err)
			}
			shown = shown || command == node.Name
		}
		if !shown {
			t.Errorf("%s --help shows no example", node.Name)
		}
	}
}

// TestAnExampleThatDoesNotParseIsSeen is the control.
func TestAnExampleThatDoesNotParseIsSeen(t *testing.T) {
	for _, help := range []string{"  parodywave cat", "  parodywave blame x --nonsense", "  a | parodywave nonsense | b", "  parodywave export x --format 'c d'"} {
		all := examples(help)
		if len(all) != 1 {
			t.Fatalf("%q: %q", help, all)
		}
		if _, err := parses(t, all[0]); err == nil {
			t.Errorf("%q parses", help)
		}
	}
}
