package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type helpCommand struct {
	Command string `arg:"" optional:"" placeholder:"COMMAND" help:"Command; all of them without it."`
}

// Help shows how it is used.
func (*helpCommand) Help() string {
	return `Prints what --help prints.

  parodywave help
  parodywave help blame
`
}

func (c *helpCommand) Run(a *app, k *kong.Context) error {
	var args []string
	if c.Command != "" {
		if findCommand(k.Model.Node, c.Command) == nil {
			return noCommand(k.Model.Node, c.Command)
		}
		args = []string{c.Command}
	}
	page, err := kong.Trace(k.Kong, args)
	if err != nil {
		return err
	}
	a.out.Flush()
	return page.PrintUsage(false)
}

const seeAll = "see parodywave --help, which lists the commands"

// noCommand says that a word is no command, and which it is like.
func noCommand(root *kong.Node, word string) error {
	var names []string
	for _, c := range commandNames(root) {
		names = append(names, c.text)
	}
	return usage(didYouMean("parodywave ", nearest(word, names))+seeAll, "there is no command %q", word)
}

// wrongUsage says what is wrong with arguments that could not be parsed, and
// where to read on.
func wrongUsage(root *kong.Node, err error) error {
	said, _, _ := strings.Cut(err.Error(), ", did you mean") // which knows hidden commands, and finds foo like log
	node, hint := root, seeAll
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		node = wrong.Context.Selected()
		hint = "see parodywave " + node.Name + " --help"
	}
	word, unexpected := strings.CutPrefix(said, "unexpected argument ")
	flag, unknown := strings.CutPrefix(said, "unknown flag --")
	switch {
	case unexpected && node == root:
		return noCommand(root, word)
	case unexpected && len(node.Positional) > 0 && strings.HasPrefix(node.Positional[0].Tag.PlaceHolder, "THREAD"):
		hint = "a title with spaces is one argument in quotes: 'Weekly minutes'; " + hint
	case unknown:
		var names []string
		for _, f := range slices.Concat(root.Flags, node.Flags) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		}
		slices.Sort(names)
		hint = didYouMean("--", nearest(flag, slices.Compact(names))) + hint
	}
	return usage(hint, "%s", said)
}
