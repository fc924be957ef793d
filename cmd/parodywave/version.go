package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the release build; other builds print their commit.
var version = ""

type versionCommand struct{}

func (*versionCommand) Help() string {
	return `Prints the release (or the commit of another build), the system and the version of Go. A command and the server that it
talks to must be of the same release.

  parodywave version
`
}

func (*versionCommand) Run(a *app) error {
	_, err := fmt.Fprintf(a.out, "parodywave %s %s/%s %s\n", release(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return err
}

// release returns the version of this build. A command and its server must have
// the same.
func release() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	revision, modified := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+"
		}
	}
	if revision == "" {
		return "devel"
	}
	return "devel-" + revision + modified
}
