package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parodywave/eventlog"
)

// checkGitNames refuses names that git fast-import would refuse.
func checkGitNames(branch, path string) error {
	if refName(branch) != branch {
		return usage("use letters, digits, - and /", "invalid --branch %q", branch)
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsRune(part, 0) {
			return usage("use a relative path like notes/minutes.txt", "invalid --path %q", path)
		}
	}
	return nil
}

// gitName makes a name valid for git: not empty, without angle brackets and
// control characters.
func gitName(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '<' || r == '>' || unicode.IsControl(r) {
			return -1
		}
		return r
	}, name))
	if name == "" {
		return "unknown"
	}
	return name
}

// refName makes s valid as part of a git reference (see git check-ref-format).
func refName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`~^:?*[\@{`, r) {
			return '-'
		}
		return r
	}, s)
	for strings.Contains(s, "..") {
		s = strings.ReplaceAll(s, "..", "-")
	}
	parts := strings.Split(s, "/")
	for i, part := range parts {
		part = strings.TrimRight(strings.TrimLeft(part, "."), ".")
		if part = strings.TrimSuffix(part, ".lock"); part == "" {
			part = "-"
		}
		parts[i] = part
	}
	if s = strings.Trim(strings.Join(parts, "/"), "-/"); s == "" {
		return "version"
	}
	return s
}

const longestFileName = 200 // bytes; file systems allow 255

// fileName turns a title into the name of a file.
func fileName(title string, stream eventlog.Stream) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || hidden(r) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, title)
	name = strings.TrimSpace(strings.TrimLeft(name, "."))
	for len(name) > longestFileName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name == "" || strings.EqualFold(name, "git") {
		name = string(stream)
	}
	if dot := strings.LastIndexByte(name, '.'); dot < 1 || strings.ContainsRune(name[dot:], ' ') {
		name += ".txt"
	}
	return name
}

// quotePath quotes a path for fast-import.
func quotePath(path string) string {
	if !strings.ContainsAny(path, "\"\\\n") && !strings.HasPrefix(path, " ") {
		return path
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}
