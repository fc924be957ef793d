package main

import (
	"bytes"
	"go/scanner"
	"go/token"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A phrase is a word or wording that we replaced. It is looked for in comments,
// strings and documents, across the ends of lines; a word of the code is looked for
// in names, too.
type phrase struct {
	pattern string
	code    bool
	say     string
	planted string // has it
	fine    string // is like it and must not be found; may be empty
}

// whoOrWhat is looked for where it is the subject of a sentence.
const whoOrWhat = "Who|What"

var phrases = []phrase{
	{`(is|are|was|were|be|been|being) told`, false, "gets, receives, is notified, is sent", "The client is told the head.", "The client told us."},
	{`so many`, false, "that many, or the number", "It waits for so many records.", ""},
	{`for ever`, false, "forever, or indefinitely", "It waits for ever.", "for every client"},
	{`anew`, false, "again", "It writes the file anew.", ""},
	{`worth to`, false, "worth saving, worth a snapshot", "The state is worth to be saved.", "worth two records"},
	{`(give|gives|gave|giving) up`, false, "stops, fails, aborts", "It gives up after a minute.", "give upper bounds"},
	{`takes? it that`, false, "assumes", "It takes it that all is well.", ""},
	{`lest`, false, "so that … not", "It waits, lest the reader fail.", "the tallest line"},
	{`%[a-z] is (no|none)\b`, false, "is not, or unknown", "%s is none of them", "%s is not a number"},
	{`that of`, false, "name the thing again", "The text is that of the line.", "in that office"},
	{`of which`, false, "whose, or a new sentence", "A log of which nothing is left.", "a log, each of which is sealed"},
	{`(for|to|on|from|with) who`, false, "name the actor", "It says so to who asks.", "to whom"},
	{whoOrWhat, false, "name the actor or the thing", "What is late comes last.", "What is late?"},
	{`[Tt]ypists?`, true, "client, load generator", "type typist struct", ""},
	{`[Pp]layhead|[Rr]eel`, true, "cursor, history", "var playhead int", ""},
	{`[Gg]lance|[Pp]ulse`, true, "presence summary, broadcaster", "func glance()", ""},
	{`[Bb]lack(ed|s)?( out)?`, false, "redacted", "It is blacked out.", "blackboard"},
}

// allowed has the places where a phrase may stand, by file, with the reason.
var allowed = map[string]string{
	"cmd/parodywave/english_test.go": "the list itself",
	"CONTRIBUTING.md":                "it quotes wordings that are to be avoided",
}

// TestTextsArePlainEnglish looks for the replaced wordings in all that people read.
// make check runs it.
func TestTextsArePlainEnglish(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads every file")
	}
	list := exec.Command("git", "ls-files")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Skip("not a checkout of git: ", err)
	}
	for name := range strings.Lines(string(out)) {
		name = strings.TrimSpace(name)
		if allowed[name] != "" || strings.HasPrefix(name, "web/dist/") || strings.Contains(name, "testdata/v") ||
			!slices.Contains([]string{".go", ".ts", ".tsx", ".mjs", ".md", ".css", ".html", ".txtar", ""}, path.Ext(name)) || path.Base(name) == "LICENSE" {
			continue
		}
		src, err := os.ReadFile("../../" + name)
		if err != nil {
			continue // it is deleted and not yet committed
		}
		for _, f := range findings(name, src) {
			t.Error(f)
		}
	}
}

// TestReplacedWordingsAreFound is the negative control.
func TestReplacedWordingsAreFound(t *testing.T) {
	for _, p := range phrases {
		if got := findings("a.go", []byte("package a\n\n// "+strings.Replace(p.planted, " ", "\n// ", 1)+"\n")); len(got) == 0 {
			t.Errorf("%q is not found in %q", p.pattern, p.planted)
		}
		if got := findings("a.go", []byte("package a\n\n// "+p.fine+"\n")); len(got) != 0 {
			t.Errorf("%q: %q", p.fine, got)
		}
	}
	if got := findings("a.go", []byte("package a\n\nfunc anew(told int) {} // fine\n")); len(got) != 0 {
		t.Errorf("names are not sentences: %q", got)
	}
}

var (
	commentStart = regexp.MustCompile(`(?m)^[ \t]*(//|\*|#+|>)`)

	// Most files have none of the phrases. They are compiled for the first file, and
	// not whenever a test starts this binary as the program.
	anyPhrase = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(anyOf(phrases)) })
	compiled  = sync.OnceValue(func() (all []*regexp.Regexp) {
		for _, p := range phrases {
			all = append(all, regexp.MustCompile(p.regexp()))
		}
		return all
	})
)

// anyOf returns a pattern that matches if one of the phrases may be there.
func anyOf(phrases []phrase) string {
	var all []string
	for _, p := range phrases {
		all = append(all, p.regexp())
	}
	return strings.Join(all, "|")
}

// regexp returns the pattern of a phrase as it is looked for.
func (p phrase) regexp() string {
	pattern := strings.ReplaceAll(p.pattern, " ", `\s+`)
	if strings.HasPrefix(pattern, "%") {
		return pattern
	}
	return `\b(?:` + pattern + `)\b`
}

// findings returns the phrases in a file, as file:line: text.
func findings(name string, src []byte) (out []string) {
	prose := src
	if path.Ext(name) == ".go" {
		prose = commentsAndStrings(src)
	}
	prose = commentStart.ReplaceAllFunc(prose, func(b []byte) []byte { return bytes.Repeat([]byte(" "), len(b)) })
	if !anyPhrase().Match(src) && !anyPhrase().Match(prose) {
		return nil
	}
	for i, p := range phrases {
		text := prose
		if p.code {
			text = src
		}
		for _, at := range compiled()[i].FindAllIndex(text, -1) {
			if p.isFine(text, at[0], at[1]) {
				continue
			}
			found := strings.Join(strings.Fields(string(text[at[0]:at[1]])), " ")
			out = append(out, name+":"+strconv.Itoa(1+bytes.Count(text[:at[0]], []byte("\n")))+": "+found+": "+p.say)
		}
	}
	return out
}

// isFine reports whether a phrase is good English where it stands.
func (p phrase) isFine(text []byte, from, to int) bool {
	before := bytes.TrimRight(text[:from], " \t\n")
	switch p.pattern {
	case "of which": // each of which, 200 of which
		last := string(before[bytes.LastIndexAny(before, " \n\x00")+1:])
		return slices.Contains([]string{"each", "all", "some", "most", "none", "one", "both", "many", "half", "last"}, last) || last != "" && last[0] <= '9'
	case whoOrWhat: // a question, or what begins no sentence
		blank := bytes.Count(text[len(before):from], []byte("\n")) > 1
		starts := len(before) > 0 && (blank || strings.ContainsRune(".:;!?\x00", rune(before[len(before)-1])))
		end := bytes.IndexAny(text[to:], ".?!:(\x00")
		return !starts || end < 0 || strings.ContainsRune("?(\x00", rune(text[to+end])) || bytes.Contains(text[to:to+end], []byte("\n\n"))
	}
	return bytes.HasSuffix(before, []byte(`json:"`)) // the name of a field is fixed
}

// commentsAndStrings returns a Go file with zero bytes in place of all other tokens.
func commentsAndStrings(src []byte) []byte {
	out := make([]byte, len(src))
	for i, b := range src {
		if b == '\n' || b == ' ' || b == '\t' {
			out[i] = b
		}
	}
	var words scanner.Scanner
	files := token.NewFileSet()
	file := files.AddFile("", -1, len(src))
	words.Init(file, src, nil, scanner.ScanComments)
	for {
		pos, tok, text := words.Scan()
		if tok == token.EOF {
			return out
		}
		if tok == token.COMMENT || tok == token.STRING {
			copy(out[file.Offset(pos):], text)
		}
	}
}
