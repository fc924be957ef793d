package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"parodywave/projection"

	"github.com/alecthomas/kong"
)

// completeCommand prints the completions of a command line, for the shell scripts of
// completionCommand (completion.go). shellline.go splits bash's line. The command is
// written by hand because the packages for kong (kong-completion, kongplete) split the
// line at every space: in bash they can complete neither a title with spaces nor a
// version after THREAD@.
type completeCommand struct {
	Line  *string  `help:"The command line up to the cursor, as bash has it, instead of words."`
	Words []string `arg:"" optional:""`
}

// completeWait bounds how long a shell waits for the titles of threads.
const completeWait = 2 * time.Second

// escaper matches characters that need a backslash outside quotes; see shellLine.piece.
var escaper = regexp.MustCompile("[ \t\\\\'\"`$&;|<>(){}\\[\\]*?!#~^]")

// Run prints the completions of the last word, each with a description after a
// tab. It prints no errors, which would disturb the line that is being edited.
func (c *completeCommand) Run(a *app, k *kong.Context) error {
	ctx, cancel := context.WithTimeout(a.ctx, completeWait)
	defer cancel()
	a.ctx = ctx
	words, line := c.Words, shellLine{}
	if c.Line != nil {
		line = readShellLine(*c.Line)
		words = line.words
	}
	if len(words) == 0 {
		words = []string{""}
	}
	last := words[len(words)-1]
	for _, w := range candidates(a, k.Model.Node, words) {
		anyCase := w.thread && line.broken == 0 // bash replaces only the piece, and would keep the wrong case before it
		if !strings.HasPrefix(w.text, last) && !(anyCase && strings.HasPrefix(strings.ToLower(w.text), strings.ToLower(last))) {
			continue
		}
		if c.Line != nil {
			w.text = line.piece(w.text)
		}
		fmt.Fprintf(a.out, "%s\t%s\n", w.text, w.about)
	}
	return nil
}

// A candidate is a completion and its description.
type candidate struct {
	text, about string
	thread      bool // names a thread or version: its case may differ from the typed word
}

// candidates returns what may stand in the place of the last word: flags, commands,
// values or threads. The caller drops those that do not begin with the word.
func candidates(a *app, root *kong.Node, words []string) (out []candidate) {
	node, flags, at := root, root.Flags, 0 // at counts positional arguments
	last := words[len(words)-1]
	var value *kong.Flag // the flag whose value is the next word
	for _, word := range words[:len(words)-1] {
		name, given, whole := strings.Cut(word, "=")
		switch f := findFlag(flags, name); {
		case value != nil:
			a.place(value, word)
			value = nil
		case f != nil && whole:
			a.place(f, given)
		case f != nil && !f.IsBool():
			value = f
		case strings.HasPrefix(word, "-"):
		case findCommand(node, word) != nil:
			node = findCommand(node, word)
			flags = append(slices.Clone(root.Flags), node.Flags...)
		default:
			at++
		}
	}
	name, _, whole := strings.Cut(last, "=")
	switch f := findFlag(flags, name); {
	case value != nil:
		return enumerated(value.Value, "")
	case f != nil && whole:
		return enumerated(f.Value, name+"=")
	case strings.HasPrefix(last, "-"):
		for _, f := range flags {
			if !f.Hidden {
				out = append(out, candidate{text: "--" + f.Name, about: f.Help})
			}
		}
	case node == root && at == 0, at < len(node.Positional) && node.Positional[at].Tag.PlaceHolder == "COMMAND":
		for _, child := range root.Children {
			if !child.Hidden {
				out = append(out, candidate{text: child.Name, about: child.Help})
			}
		}
	case at < len(node.Positional):
		return positional(a, node.Positional[at], last)
	}
	return out
}

func findFlag(flags []*kong.Flag, word string) *kong.Flag {
	for _, f := range flags {
		if word == "--"+f.Name || (f.Short != 0 && word == "-"+string(f.Short)) {
			return f
		}
	}
	return nil
}

func findCommand(node *kong.Node, word string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == word {
			return child
		}
	}
	return nil
}

// place takes --data or --file from the edited line: completion looks up threads in
// that log.
func (a *app) place(flag *kong.Flag, value string) {
	switch flag.Name {
	case "data":
		a.Data = value
	case "file":
		a.File = value
	}
}

// enumerated returns the values of a flag or argument that has a fixed set.
func enumerated(v *kong.Value, before string) (out []candidate) {
	if v.Enum != "" {
		for _, one := range v.EnumSlice() {
			out = append(out, candidate{text: before + one})
		}
	}
	return out
}

// positional returns the values of an argument: a fixed set, or the threads by
// title and by id; after THREAD@, if the argument accepts a moment, also the named
// versions of the thread.
func positional(a *app, p *kong.Positional, word string) (out []candidate) {
	if out = enumerated(p, ""); len(out) > 0 || !strings.HasPrefix(p.Tag.PlaceHolder, "THREAD") {
		return out
	}
	s, err := a.open()
	if err != nil {
		return nil
	}
	defer s.Close()
	titles, err := s.titles(a)
	if err != nil {
		return nil
	}
	for id, title := range titles {
		out = append(out, candidate{disarmed(title), string(id), true}, candidate{string(id), disarmed(title), true})
	}
	slices.SortFunc(out, func(x, y candidate) int { return strings.Compare(x.text, y.text) })
	if at := strings.LastIndexByte(word, '@'); at > 0 && strings.Contains(p.Tag.PlaceHolder, "@") {
		out = append(out, versions(a, s, word[:at])...)
	}
	return out
}

// versions returns the named versions of a thread, in the order in which they were
// named.
func versions(a *app, s *source, thread string) (out []candidate) {
	stream, err := s.find(a, thread)
	if err != nil {
		return nil
	}
	t, err := projection.Replay(a.ctx, s.Source, stream, 0)
	if err != nil {
		return nil
	}
	for _, v := range t.Versions {
		out = append(out, candidate{thread + "@" + disarmed(v.Name), fmt.Sprintf("revision %d", v.Of), true})
	}
	return out
}
