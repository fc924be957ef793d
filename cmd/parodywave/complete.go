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

type completeCommand struct {
	Line  *string  `help:"The command line up to the cursor, as bash has it, instead of words."`
	Words []string `arg:"" optional:""`
}

// completeWait bounds how long a shell waits for threads.
const completeWait = 2 * time.Second

// escaper is for words outside quotes.
var escaper = regexp.MustCompile("[ \t\\\\'\"`$&;|<>(){}\\[\\]*?!#~^]")

// Run prints what the last of the words may become. It fails silently: a shell
// in the middle of a line is no place for errors.
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
		anyCase := w.thread && line.broken == 0 // what is before the piece stays as it is
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

// A candidate is what a word may become, and what that is.
type candidate struct {
	text, about string
	thread      bool
}

// candidates returns what may stand where the last of the words stands.
func candidates(a *app, root *kong.Node, words []string) []candidate {
	node, flags, at := root, root.Flags, 0
	for i := 0; i < len(words)-1; i++ {
		word := words[i]
		if name, value, whole := strings.Cut(word, "="); strings.HasPrefix(word, "-") {
			f := findFlag(flags, name)
			if f == nil || whole || f.IsBool() {
				if whole {
					a.place(name, value)
				}
				continue
			}
			if i+1 == len(words)-1 {
				return flagValues(f)
			}
			i++
			a.place("--"+f.Name, words[i])
			continue
		}
		if child := findCommand(node, word); child != nil {
			node, flags = child, append(slices.Clone(root.Flags), child.Flags...)
		} else {
			at++
		}
	}
	if last := words[len(words)-1]; strings.HasPrefix(last, "-") {
		if name, _, whole := strings.Cut(last, "="); whole {
			return joined(findFlag(flags, name), name)
		}
		return flagNames(flags)
	}
	if node == root && at == 0 {
		return commandNames(root)
	}
	if at < len(node.Positional) && node.Positional[at].Tag.PlaceHolder == "COMMAND" {
		return commandNames(root)
	}
	if at < len(node.Positional) {
		return positional(a, node.Positional[at], words[len(words)-1])
	}
	return nil
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

func flagNames(flags []*kong.Flag) (out []candidate) {
	for _, f := range flags {
		if !f.Hidden {
			out = append(out, candidate{text: "--" + f.Name, about: f.Help})
		}
	}
	return out
}

// place takes from a flag where the log is.
func (a *app) place(flag, value string) {
	switch flag {
	case "--data":
		a.Data = value
	case "--file":
		a.File = value
	}
}

// joined returns the values of a flag behind its name, which may be none.
func joined(f *kong.Flag, name string) []candidate {
	if f == nil {
		return nil
	}
	all := flagValues(f)
	for i := range all {
		all[i].text = name + "=" + all[i].text
	}
	return all
}

// flagValues returns those of a flag that has few; a file is the shell's.
func flagValues(f *kong.Flag) []candidate {
	return enumerated(f.Value)
}

func enumerated(v *kong.Value) (out []candidate) {
	if v.Enum == "" {
		return nil
	}
	for _, one := range v.EnumSlice() {
		out = append(out, candidate{text: one})
	}
	return out
}

func commandNames(root *kong.Node) (out []candidate) {
	for _, child := range root.Children {
		if !child.Hidden {
			out = append(out, candidate{text: child.Name, about: child.Help})
		}
	}
	return out
}

// positional returns the values of an argument: those of an enumeration, or
// the threads there are, by title and by id; behind THREAD@, where a moment may
// stand, also the versions of the thread.
func positional(a *app, p *kong.Positional, word string) (out []candidate) {
	if out = enumerated(p); len(out) > 0 || !strings.HasPrefix(p.Tag.PlaceHolder, "THREAD") {
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

// versions returns the moments of a thread that have a name, in the order in
// which they got it.
func versions(a *app, s *source, thread string) (out []candidate) {
	stream, err := s.find(a, thread)
	if err != nil {
		return nil
	}
	t, err := projection.Replay(a.ctx, s, stream, 0)
	if err != nil {
		return nil
	}
	for _, v := range t.Versions {
		out = append(out, candidate{thread + "@" + disarmed(v.Name), fmt.Sprintf("revision %d", v.Of), true})
	}
	return out
}
