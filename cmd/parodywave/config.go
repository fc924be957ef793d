package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// A configFile has values of flags. The command line and the environment override
// them, and they override the defaults.
type configFile struct {
	path   string
	values map[string]any
}

// readConfig reads the file that --config or PARODYWAVE_CONFIG names.
func readConfig(args []string) (*configFile, error) {
	c := &configFile{path: os.Getenv("PARODYWAVE_CONFIG")}
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "--config" && i+1 < len(args) {
			c.path = args[i+1]
		} else if v, ok := strings.CutPrefix(arg, "--config="); ok {
			c.path = v
		}
	}
	if c.path == "" {
		return c, nil
	}
	b, err := os.ReadFile(c.path)
	if err != nil {
		return nil, usage("--config names a JSON file, like {\"data\": \"/srv/wave\"}", "read config: %v", err)
	}
	if err := json.Unmarshal(b, &c.values); err != nil {
		return nil, usage("it must be a JSON object, like {\"data\": \"/srv/wave\"}", "config %s: %v", c.path, err)
	}
	return c, nil
}

// Validate implements kong.Resolver. It refuses unknown keys, which would have no
// effect.
func (c *configFile) Validate(table *kong.Application) error {
	var names []string
	_ = kong.Visit(table, func(node kong.Visitable, next kong.Next) error {
		if f, ok := node.(*kong.Flag); ok {
			names = append(names, f.Name)
		}
		return next(nil)
	})
	for key := range c.values {
		if !slices.Contains(names, strings.ReplaceAll(key, "_", "-")) {
			return fmt.Errorf("config %s: unknown key %q", c.path, key)
		}
	}
	return nil
}

// Resolve implements kong.Resolver.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	for key, v := range c.values {
		if strings.ReplaceAll(key, "_", "-") == flag.Name {
			return v, nil
		}
	}
	return nil, nil
}

// joinTimes rewrites --since -15m as --since=-15m, because kong takes a word with a
// dash for a flag.
func joinTimes(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if slices.Contains([]string{"--since", "--until", "--from", "--to"}, arg) && i+1 < len(args) && strings.HasPrefix(args[i+1], "-") {
			if _, ok := parseTime(args[i+1]); ok {
				i++
				arg += "=" + args[i]
			}
		}
		out = append(out, arg)
	}
	return out
}

// userName is the default of --as.
func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "cli"
}
