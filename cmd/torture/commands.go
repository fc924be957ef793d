package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

func init() {
	rows = append(rows, row{
		name: "commands", fault: "`kill -9` during `compact`, `import`, `put`, `restore`, `revert` and `migrate`", unit: "kills", lie: "rewrites the log in place",
		rounds: 20, lacks: nothing, outline: commands,
	})
}

// A writing is a command that writes to a data directory.
type writing struct {
	args []string // without --data
	log  string   // of the directory
	same bool     // it leaves all records as they are
}

// commands kills commands at random moments, on a directory without a server. The log
// must have all records that it had, and all new ones or none. The killed command must
// work when it is run again, and leave no other files than when it was not killed.
func commands(ctx context.Context, e *env) (o outcome, err error) {
	data, err := e.sample(ctx, &o, crowd.Size{Texts: 2, Each: 2, Lines: 1, Pause: 2 * time.Millisecond}, time.Duration(e.size(1500, 400))*time.Millisecond)
	if err != nil {
		return o, err
	}
	all, err := e.commands(ctx, data)
	if err != nil {
		return o, err
	}
	if e.control {
		all = []writing{{args: []string{"lie", "inplace"}, log: filepath.Join(data, "log.db"), same: true}}
	}
	r, kills := rand.New(rand.NewPCG(e.seed, 4)), e.size(5, 1)
	if e.control {
		kills = 100 // it ends at the first loss
	}
	for _, c := range all {
		if err := c.kills(ctx, e, &o, r, kills); err != nil {
			return o, fmt.Errorf("%s: %w", c.args[0], err)
		}
	}
	return o, nil
}

// commands returns the commands to kill: most on the log of data, migrate on a log of
// version 1.
func (e *env) commands(ctx context.Context, data string) ([]writing, error) {
	log := filepath.Join(data, "log.db")
	all, err := contentsOf(ctx, log)
	if err != nil {
		return nil, err
	}
	thread := ""
	for _, s := range slices.Sorted(maps.Keys(all)) {
		if event.IsThread(s) && len(all[s]) > len(all[eventlog.Stream(thread)]) {
			thread = string(s)
		}
	}
	exported, err := e.run(ctx, "export", thread, "--format", "ndjson", "--data", data)
	if err != nil {
		return nil, err
	}
	export, text, old := filepath.Join(e.dir, "export.ndjson"), filepath.Join(e.dir, "long.txt"), filepath.Join(e.dir, "old.db")
	long := strings.Repeat("한 줄의 글\n", e.size(20_000, 4000))
	err = errors.Join(os.WriteFile(export, []byte(exported.out), 0o600), os.WriteFile(text, []byte(long), 0o600), oldLog(old))
	if err != nil {
		return nil, err
	}
	return []writing{
		{args: []string{"compact"}, log: log, same: true},
		{args: []string{"import", text, "--as", "Eve"}, log: log},
		{args: []string{"put", thread, text, "--as", "Eve", "--overwrite"}, log: log},
		{args: []string{"restore", thread + "@20", "--as", "Eve"}, log: log},
		{args: []string{"revert", thread, "--author", "Ann", "--as", "Eve"}, log: log},
		{args: []string{"migrate"}, log: old, same: true},
		{args: []string{"import", export, "--as", "Eve"}, log: ""},
	}, nil
}

// oldLog writes the frozen log of version 1.
func oldLog(path string) error {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(strings.TrimSpace(string(root)), "migrations", "testdata", "v1", "log.db.gz"))
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// begin makes a new directory with the log and returns the process of the command on
// it.
func (c writing) begin(e *env) (dir string, cmd *exec.Cmd, err error) {
	dir = filepath.Join(e.dir, "work")
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return "", nil, err
	}
	if c.log != "" {
		b, err := os.ReadFile(c.log)
		if err != nil {
			return "", nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, "log.db"), b, 0o600); err != nil {
			return "", nil, err
		}
	}
	return dir, c.process(e, dir), nil
}

func (c writing) process(e *env, dir string) *exec.Cmd {
	cmd := exec.Command(e.program, slices.Concat(c.args, []string{"--data", dir})...)
	if e.control {
		self, _ := os.Executable()
		cmd = exec.Command(self, slices.Concat(c.args, []string{dir})...)
	}
	cmd.Env = crowd.Environ()
	return cmd
}

// kills runs the command once to its end, and then kills it n times.
func (c writing) kills(ctx context.Context, e *env, o *outcome, r *rand.Rand, n int) error {
	dir, cmd, err := c.begin(e)
	if err != nil {
		return err
	}
	before, err := c.contents(ctx, dir)
	if err != nil {
		return err
	}
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	took := time.Since(start)
	after, err := c.contents(ctx, dir)
	if err != nil {
		return err
	}
	files := filesIn(dir)
	for range n {
		if ctx.Err() != nil {
			return nil
		}
		dir, cmd, err := c.begin(e)
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		time.Sleep(time.Duration(r.Int64N(int64(took))))
		for e.control && !rewriting(dir) {
			time.Sleep(time.Millisecond)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		o.tried++
		done, err := c.check(ctx, o, dir, before, after)
		if err != nil || e.control {
			if o.lost > 0 {
				return nil
			}
			continue
		}
		if done {
			o.count("kills after the append", 1)
			continue
		}
		if out, err := c.process(e, dir).CombinedOutput(); err != nil {
			o.lose("%s was killed and cannot run again: %v: %s", c.args[0], err, out)
		} else if done, err := c.check(ctx, o, dir, before, after); err == nil && !done && !c.same {
			o.lose("%s was killed, ran again, and did not do its work", c.args[0])
		}
		for _, f := range filesIn(dir) {
			if !slices.Contains(files, f) && !slices.Contains([]string{"control.sock", "cache.db"}, f) {
				o.lose("%s was killed and ran again, and leaves the file %s behind", c.args[0], f)
			}
		}
	}
	return nil
}

func (c writing) contents(ctx context.Context, dir string) (contents, error) {
	all, err := contentsOf(ctx, filepath.Join(dir, "log.db"))
	if c.log == "" && errors.Is(err, os.ErrNotExist) {
		return contents{}, nil
	}
	return all, err
}

// check compares a directory after a command with the contents before it and after an
// undisturbed run. It reports whether the command has done its work.
func (c writing) check(ctx context.Context, o *outcome, dir string, before, after contents) (done bool, err error) {
	have, err := c.contents(ctx, dir)
	if err != nil {
		o.lose("after %s was killed: %v", c.args[0], err)
		return false, err
	}
	for stream, records := range before {
		if n := min(len(have[stream]), len(records)); n < len(records) || n > 0 && have[stream][n-1] != records[n-1] {
			o.lose("after %s was killed: %s had %d records, and they are not as they were", c.args[0], stream, len(records))
		}
	}
	switch n := have.inThreads(); n {
	case after.inThreads():
		return !c.same, nil
	case before.inThreads():
		return false, nil
	default:
		o.lose("after %s was killed: the threads have %d records, want %d or %d", c.args[0], n, before.inThreads(), after.inThreads())
		return false, nil
	}
}

// inThreads returns the number of records in threads.
func (all contents) inThreads() int {
	n := 0
	for stream, records := range all {
		if event.IsThread(stream) {
			n += len(records)
		}
	}
	return n
}

func filesIn(dir string) (names []string) {
	entries, _ := os.ReadDir(dir)
	for _, f := range entries {
		names = append(names, f.Name())
	}
	return names
}

// rewriting reports whether rewriteInPlace has begun.
func rewriting(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "begun"))
	return err == nil
}

// rewriteInPlace is the command of the control: it writes the log again, from the
// beginning, over itself.
func rewriteInPlace(dir string) error {
	path := filepath.Join(dir, "log.db")
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "begun"), nil, 0o600); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(b, len(b)/16+1) { // in time for a kill, also if the log is small
		time.Sleep(10 * time.Millisecond)
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	return f.Close()
}
