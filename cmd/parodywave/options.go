package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"syscall"

	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"

	"github.com/alecthomas/kong"
)

// options are the flags of every command.
type options struct {
	Data   string `default:"pw_data" placeholder:"DIR" help:"Directory of the log (default: pw_data)."`
	File   string `placeholder:"LOG.db" help:"Read this copy of a log file instead of a data directory."`
	Config string `placeholder:"FILE" help:"JSON file with values for flags: {\"data\": \"…\"}. Flags and PARODYWAVE_… variables override it."`
}

// An app is the environment of one command.
type app struct {
	options
	ctx context.Context
	in  io.Reader
	out *bufio.Writer // to stdout
	err io.Writer     // stderr

	stdout    io.Writer
	shown     bool // something was written to stdout or stderr
	stdinRead bool

	socketDir *os.File // kept open: the socket's path goes through its descriptor
}

const description = `Parody Wave: people write one text together, and the log records who changed which line when.

THREAD is an id, a title, or the beginning or end of an id (4 characters or more). Where [@AT] is allowed, THREAD@AT is
the thread at a revision (@128), a time (@2026-11-22T10:00:00Z, @-15m) or a named version.

Commands print the same whether the server of the data directory is running or not. Every flag is also an environment
variable: --data is PARODYWAVE_DATA. Exit status: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 verification failed or
something is damaged.`

// Exit statuses.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitDamaged  = 4
)

// run runs the command that the arguments name and returns the exit status.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{ctx: ctx, in: os.Stdin, stdout: os.Stdout, err: os.Stderr}
	a.out = bufio.NewWriterSize(stdoutWriter{a}, 64<<10)
	err := a.run(args)
	if flushed := a.out.Flush(); err == nil && flushed != nil {
		err = fmt.Errorf("write to stdout: %w", flushed)
	}
	if err == nil {
		return 0
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	a.say("%s", err)
	if h := hintOf(err); h != "" {
		a.say("hint: %s", h)
	}
	return status(err)
}

func (a *app) run(args []string) error {
	if len(args) == 0 {
		args = []string{"--help"}
	}
	var table commands
	config, err := readConfig(args)
	if err != nil {
		return err
	}
	parser, err := newParser(&table, config)
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(joinTimes(args))
	if err != nil {
		return wrongUsage(parser.Model.Node, err)
	}
	a.options = table.options
	return a.perform(parsed)
}

// newParser returns the parser of the command line.
func newParser(table *commands, config *configFile) (*kong.Kong, error) {
	return kong.New(table, kong.Name("parodywave"), kong.Description(description), kong.DefaultEnvars("PARODYWAVE"),
		kong.Resolvers(config), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 120}),
		kong.KindMapper(reflect.String, kong.MapperFunc(asItIs)), kong.Vars{"user": userName()}, kong.Writers(os.Stdout, os.Stderr))
}

// asItIs sets a string. The parser's own mapper replaces bytes that are not UTF-8, which a
// file name may have.
func asItIs(ctx *kong.DecodeContext, target reflect.Value) error {
	t, err := ctx.Scan.PopValue("string")
	if err != nil {
		return err
	}
	s, ok := t.Value.(string)
	if !ok {
		return fmt.Errorf("expected a string, and got %v", t.Value)
	}
	target.SetString(s)
	return nil
}

// say prints a message to stderr, which starts with the program's name.
func (a *app) say(format string, args ...any) {
	a.out.Flush() // in the order in which it happened
	a.shown = true
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		fmt.Fprintf(a.err, "parodywave: %s\n", visible(strings.TrimSuffix(line, "\n")))
	}
}

// A failure is an error with an exit status and a hint for the user.
type failure struct {
	err    error
	status int
	hint   string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

func usage(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), exitUsage, hint}
}

func notFound(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), exitNotFound, hint}
}

func failed(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), exitFailed, hint}
}

func damaged(hint, format string, args ...any) error {
	return &failure{fmt.Errorf(format, args...), exitDamaged, hint}
}

// status returns the exit status of an error.
func status(err error) int {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f.status
	case errors.Is(err, eventlog.ErrDamaged), errors.Is(err, ndjson.ErrRefused):
		return exitDamaged
	case errors.Is(err, eventlog.ErrNotFound):
		return exitNotFound
	}
	return exitFailed
}

func hintOf(err error) string {
	var f *failure
	var refused *ndjson.Error
	switch {
	case errors.As(err, &f):
		return f.hint
	case errors.As(err, &refused):
		return refused.Hint
	case errors.Is(err, eventlog.ErrDamaged):
		return "copy the file before you change anything; parodywave verify lists all damage, and export --salvage writes what can still be read"
	}
	return ""
}
