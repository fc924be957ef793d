package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

type helpCommand struct {
	Command string `arg:"" optional:"" placeholder:"COMMAND" help:"A command. Without it, the list of commands."`
}

func (*helpCommand) Help() string {
	return `Prints the same as --help.

  parodywave help
  parodywave help blame
`
}

func (c *helpCommand) Run(a *app, k *kong.Context) error {
	var args []string
	if c.Command != "" {
		args = []string{c.Command}
	}
	page, err := kong.Trace(k.Kong, args)
	if err != nil {
		return err
	}
	if page.Error != nil {
		return wrongUsage(k.Model.Node, page.Error)
	}
	a.out.Flush()
	return page.PrintUsage(false)
}

// wrongUsage returns the error for arguments that kong cannot parse. Its hint has
// similar flags or commands, and the help to read.
func wrongUsage(root *kong.Node, err error) error {
	text, similar, _ := strings.Cut(err.Error(), ", did you mean ")
	node, hint := root, "see parodywave --help for all commands"
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		node = wrong.Context.Selected()
		hint = "see parodywave " + node.Name + " --help"
	}
	word, unexpected := strings.CutPrefix(text, "unexpected argument ")
	flag, unknown := strings.CutPrefix(text, "unknown flag ")
	switch {
	case unexpected && node == root:
		text = fmt.Sprintf("unknown command %q", word)
		hint = didYouMean(root, "parodywave ", word, similar) + hint
	case unexpected && len(node.Positional) > 0 && strings.HasPrefix(node.Positional[0].Tag.PlaceHolder, "THREAD"):
		hint = "put a title with spaces in quotes: 'Weekly minutes'; " + hint
	case unknown:
		hint = didYouMean(root, "", flag, similar) + hint
	default:
		if m := oneOf.FindStringSubmatch(text); m != nil {
			values := strings.NewReplacer(`"`, "", ",", ", ").Replace(m[2])
			if last := strings.LastIndex(values, ", "); last >= 0 {
				values = values[:last] + " or " + values[last+2:]
			}
			text = fmt.Sprintf("unknown %s %s: use %s", strings.Trim(m[1], "<>"), m[3], values)
		}
	}
	return usage(hint, "%s", text)
}

// oneOf matches kong's error for a value that is not in a fixed set.
var oneOf = regexp.MustCompile(`^(\S+) must be one of (.+) but got (.+)$`)

var inQuotes = regexp.MustCompile(`"([^"]*)"`)

// didYouMean returns kong's suggestions for a word as the beginning of a hint. It
// leaves out hidden commands, and words with another first letter: kong suggests
// log for foo.
func didYouMean(root *kong.Node, before, word, similar string) string {
	first := func(s string) string { return strings.TrimLeft(s, "-") + " " }
	var near []string
	for _, m := range inQuotes.FindAllStringSubmatch(similar, -1) {
		if c := findCommand(root, m[1]); (c == nil || !c.Hidden) && first(m[1])[0] == first(word)[0] {
			near = append(near, before+m[1])
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "? "
}
