package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

type configCommand struct {
	JSON bool `name:"json" help:"Print one JSON object per line."`
}

func (*configCommand) Help() string {
	return `Prints the value and its source (flag, environment, file or default) of each flag of the program and of serve, and of the
flags of other commands that the environment or the config file sets.

  PARODYWAVE_LISTEN=:8080 parodywave config --data /srv/wave
`
}

// A setting is a flag with its effective value.
type setting struct {
	Flag    string `json:"flag"`
	Command string `json:"command"` // that has the flag; empty for all
	Value   string `json:"value"`
	From    string `json:"from"` // flag, environment, file or default
}

func (c *configCommand) Run(a *app, k *kong.Context) error {
	config, err := readConfig(os.Args[1:])
	if err != nil {
		return err
	}
	tab := table{head: []string{"FLAG", "COMMAND", "VALUE", "FROM"}}
	for _, s := range settings(k, config) {
		if c.JSON {
			fmt.Fprintln(a.out, jsonLine(s))
		} else {
			tab.add("--"+s.Flag, s.Command, visible(s.Value), s.From)
		}
	}
	if !c.JSON {
		tab.print(a.out)
	}
	return nil
}

// settings returns the flags to print, those of all commands first.
func settings(k *kong.Context, config *configFile) []setting {
	given := map[string]string{} // on this command line
	for _, path := range k.Path {
		if path.Flag != nil {
			given[path.Flag.Name] = fmt.Sprint(path.Flag.Target.Interface())
		}
	}
	var out []setting
	add := func(command string, all bool, flags []*kong.Flag) {
		for _, f := range flags {
			if f.Name == "help" {
				continue
			}
			s := effective(f, config)
			s.Command = command
			if value, ok := given[f.Name]; ok && command == "" {
				s.Value, s.From = value, "flag"
			}
			if all || s.From != "default" {
				out = append(out, s)
			}
		}
	}
	add("", true, k.Model.Flags)
	for _, command := range k.Model.Children {
		if !command.Hidden {
			add(command.Name, command.Name == "serve", command.Flags)
		}
	}
	return out
}

// effective returns the value of a flag without the command line.
func effective(f *kong.Flag, config *configFile) setting {
	for _, name := range f.Envs {
		if value, ok := os.LookupEnv(name); ok {
			return setting{Flag: f.Name, Value: value, From: "environment"}
		}
	}
	if value, err := config.Resolve(nil, nil, f); err == nil && value != nil {
		if list, ok := value.([]any); ok {
			return setting{Flag: f.Name, Value: strings.Trim(fmt.Sprint(list), "[]"), From: "file"}
		}
		return setting{Flag: f.Name, Value: fmt.Sprint(value), From: "file"}
	}
	return setting{Flag: f.Name, Value: f.Default, From: "default"}
}
