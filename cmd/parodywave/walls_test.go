package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A wall says what a package must not reach, by whatever way.
type wall struct {
	from   string   // below the module; a trailing /... takes what is below, too
	only   []string // the only packages of ours that it may reach; nil: no such limit
	std    bool     // nothing but the standard library besides
	never  []string // what it must not reach
	reason string
}

const module = "parodywave/"

var (
	backends = []string{"eventlog/boltlog", "eventlog/socklog", "go.etcd.io/bbolt"}
	meaning  = []string{"eventlog/event", "eventlog/ot", "projection"}
	network  = []string{"net/http", "net", "github.com/gorilla/websocket"}
)

var walls = []wall{
	{from: "eventlog", only: []string{"eventlog/chain"}, std: true,
		reason: "every package knows the contract of a log, so it must weigh nothing"},
	{from: "eventlog/chain", only: []string{}, std: true,
		reason: "whoever wants to check a log with a program of their own copies these files"},
	{from: "eventlog/ot", only: []string{}, std: true,
		reason: "the algebra is held against CodeMirror's, and nothing else may sway it"},
	{from: "eventlog/strictjson", only: []string{}, std: true,
		reason: "every reader of JSON uses it, whatever the JSON means"},
	{from: "eventlog/names", only: []string{}, never: network,
		reason: "the log, the protocol and the commands agree on what a name may be"},
	{from: "migrations", only: []string{}, std: true,
		reason: "old bytes become new bytes without today's types, which change"},
	{from: "web", only: []string{}, reason: "the page is bytes to be served"},
	{from: "eventlog/boltlog", never: meaning,
		reason: "storage never learns what a record means, or a new kind would be a new file format"},
	{from: "eventlog/socklog", never: meaning, reason: "it passes on records as they are"},
	{from: "eventlog/internal/pack", never: slices.Concat(meaning, network), reason: "the bytes of a group are those of opaque records"},
	{from: "eventlog/event", never: slices.Concat(backends, network, []string{"projection"}),
		reason: "what happened does not depend on where it is kept"},
	{from: "eventlog/ndjson", never: slices.Concat(backends, network, []string{"projection"}),
		reason: "a file verifies by itself, wherever it came from"},
	{from: "projection", never: slices.Concat(backends, network, []string{"projection/snapshot"}),
		reason: "a fold is a function of the log, or live and replayed would not be equal"},
	{from: "projection/revert", never: slices.Concat(backends, network, []string{"projection/search", "projection/snapshot"}),
		reason: "what takes edits back follows from the log, by what a thread shows to anybody"},
	{from: "projection/claims", never: slices.Concat(backends, network, []string{"projection/revert", "projection/search", "projection/snapshot"}),
		reason: "whether text was there before follows from the log, and the law of lines is tested without a server"},
	{from: "projection/search", never: slices.Concat(backends, network, []string{"projection/revert", "projection/snapshot"}),
		reason: "what ever matched follows from the log, by what a thread shows to anybody"},
	{from: "projection/linediff", only: []string{"eventlog/ot"}, never: network,
		reason: "two texts are compared by what they say: who wrote them is the thread's business"},
	{from: "projection/snapshot", never: slices.Concat(backends, network),
		reason: "what is saved is a file of its own, beside whatever log"},
	{from: "server/internal/authority", never: slices.Concat(backends, network),
		reason: "the simulation runs years of hostile network in seconds, so there is no network in it"},
	{from: "server/internal/wire", never: slices.Concat(backends, network, []string{"eventlog/event", "projection"}),
		reason: "the protocol is not the log's format: either may change without the other"},
	{from: "server/internal/api", never: slices.Concat(backends, []string{"server/internal/live", "github.com/gorilla/websocket"}),
		reason: "an answer knows threads by an interface, and works the same whoever is connected"},
	{from: "server/internal/live", never: slices.Concat(backends, []string{"server/internal/api", "web"}),
		reason: "connections and rooms do not depend on what is answered over HTTP"},
	{from: "server/internal/pool", never: slices.Concat(backends, network, []string{"projection", "eventlog/event"}),
		reason: "a pool knows workers, keys and waiting, and nothing of the work"},
	{from: "server/internal/quota", never: slices.Concat(backends, []string{"projection", "eventlog/event", "server/internal/wire"}),
		reason: "what an address has used up does not depend on what it asks for"},
	{from: "server/internal/warn", only: []string{}, std: true,
		reason: "whoever is caused to warn by a client uses it"},
	{from: "server/internal/people", never: slices.Concat(backends, network),
		reason: "the name of an author does not depend on how its client connects"},
	{from: "server/jsonrow", never: slices.Concat(backends, network),
		reason: "a command prints the rows that a server answers, without a server"},
	{from: "server/intake", never: slices.Concat(backends, network),
		reason: "a command checks a file by the server's rules, without a server"},
	{from: "server", never: []string{"eventlog/boltlog", "go.etcd.io/bbolt"},
		reason: "it is handed a log and never opens one"},
	{from: "cmd/parodywave/player", never: slices.Concat(backends, network),
		reason: "the player plays a history that it was given, and is tested without a terminal or a log file"},
	{from: "cmd/parodywave/etherpad", only: []string{"eventlog/ot"}, std: true,
		reason: "another program's format is read by itself, and is not the log's business"},
	{from: "cmd/torture/abuse", never: slices.Concat(backends, []string{"server"}),
		reason: "what hostile clients send must not change with the server"},
	{from: "cmd/torture/crowd", never: slices.Concat(backends, []string{"server"}),
		reason: "the journal compares a log with what clients saw, and shares no code with the server that it watches"},
	{from: "cmd/torture/uml", only: []string{}, reason: "a machine whose power is cut knows nothing of what runs in it"},
	{from: "cmd/torture/guest", never: slices.Concat(backends, []string{"server"}),
		reason: "the guest runs the server as people get it, and only says what clients saw"},
	{from: "server/...", never: []string{"cmd/parodywave", "cmd/torture"}, reason: "a program is the top"},
}

// TestWalls holds the table of who may import whom.
func TestWalls(t *testing.T) {
	graph := imports(t)
	for _, w := range walls {
		for _, breach := range w.breaches(graph) {
			t.Errorf("%s reaches %s: %s", w.from, breach, w.reason)
		}
	}
}

// TestWallsSeeABreach is the negative control: walls that are known to be
// crossed.
func TestWallsSeeABreach(t *testing.T) {
	graph := imports(t)
	if names := missing(graph, []wall{{from: "eventlog/natslog"}, {from: "web", never: []string{"net/htp", "net/http"}}}); len(names) != 2 {
		t.Errorf("of two packages that do not exist, %q were seen", names)
	}
	for _, w := range []wall{
		{from: "eventlog/event", only: []string{}},
		{from: "eventlog/boltlog", std: true},
		{from: "cmd/parodywave", never: []string{"go.etcd.io/bbolt"}},
		{from: "server/...", never: []string{"projection"}},
	} {
		if len(w.breaches(graph)) == 0 {
			t.Errorf("%+v: no breach was seen", w)
		}
	}
}

// TestSuiteIsForTests: the suite that every log must pass is in no program, nor
// are the seeds of random tests. Torture is a test that takes hours.
func TestSuiteIsForTests(t *testing.T) {
	suites := []string{"eventlog/logtest", "eventlog/seeds", "projection/scripts"}
	for from, to := range imports(t) {
		if from == module+"cmd/torture" {
			continue
		}
		for _, suite := range suites {
			if slices.Contains(to, module+suite) && !slices.Contains(suites, strings.TrimPrefix(from, module)) {
				t.Errorf("%s imports %s outside of its tests", from, suite)
			}
		}
	}
}

// missing returns the packages that walls name and the module does not build: a
// wall around such a package, or against it, holds nothing.
func missing(graph map[string][]string, walls []wall) (names []string) {
	for _, w := range walls {
		for _, name := range slices.Concat([]string{strings.TrimSuffix(w.from, "/...")}, w.only, w.never) {
			if graph[module+name] == nil && graph[name] == nil {
				names = append(names, name)
			}
		}
	}
	return names
}

func (w wall) breaches(graph map[string][]string) (out []string) {
	below, all := strings.CutSuffix(w.from, "/...")
	for from := range graph {
		if from != module+below && !(all && strings.HasPrefix(from, module+below+"/")) {
			continue
		}
		for _, to := range reach(graph, from) {
			ours, isOurs := strings.CutPrefix(to, module)
			first, _, _ := strings.Cut(to, "/")
			switch {
			case isOurs && w.only != nil && !slices.Contains(w.only, ours),
				!isOurs && w.std && strings.Contains(first, "."),
				slices.Contains(w.never, ours), slices.Contains(w.never, to):
				out = append(out, to)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reach returns all packages that from imports, directly or not.
func reach(graph map[string][]string, from string) []string {
	seen := map[string]bool{from: true}
	var visit func(string)
	var out []string
	visit = func(p string) {
		for _, to := range graph[p] {
			if !seen[to] {
				seen[to] = true
				out = append(out, to)
				visit(to)
			}
		}
	}
	visit(from)
	return out
}

// imports returns what every package that the module builds upon imports, tests
// left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	graph := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		graph[words[0]] = words[1:]
	}
	for _, name := range missing(graph, walls) {
		t.Errorf("a wall names the package %s, which does not exist", name)
	}
	return graph
}
