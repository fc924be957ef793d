package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// An operation is a successful system call on the log file.
type operation struct {
	call       string  // pwrite64, fdatasync, fsync, ftruncate
	begin, end float64 // Unix seconds
	offset     int64   // of a write; the new size of an ftruncate
	data       []byte  // of a write
}

func (o *operation) syncs() bool { return o.call == "fdatasync" || o.call == "fsync" }

// calls are the system calls that alter the log file or make it durable. A server has
// no others: TestTraceHasEveryCall compares the replayed operations with the file.
const calls = "pwrite64,fdatasync,fsync,ftruncate"

// needsStrace is for rows that record or inject system calls.
func needsStrace() string {
	if _, err := exec.LookPath("strace"); err != nil {
		return "strace is not installed"
	}
	return ""
}

// recorder returns the command that runs a program and writes the calls on a file, with
// their bytes and times, to trace.
func recorder(trace, file string) []string {
	return []string{"strace", "-f", "-qq", "-ttt", "-T", "-xx", "-s", "100000000", "-o", trace, "-e", "trace=" + calls, "-e", "signal=none", "-P", file}
}

// readTrace parses what a recorder wrote. It appends to ops, in the order in which the
// calls began.
func readTrace(path string, ops []*operation) ([]*operation, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<30)
	open := map[string]*operation{} // by thread of the process: calls that have not returned
	begun := map[string]string{}    // their arguments
	for lines.Scan() {
		pid, rest, _ := strings.Cut(strings.TrimLeft(lines.Text(), " "), " ")
		at, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		when, err := strconv.ParseFloat(at, 64)
		if err != nil {
			continue // a message of strace
		}
		o, args := open[pid], ""
		if resumed, ok := strings.CutPrefix(rest, "<... "); ok {
			_, args, ok = strings.Cut(resumed, " resumed>")
			if !ok || o == nil {
				return nil, fmt.Errorf("%s: %.80q resumes no call", path, rest)
			}
			args = begun[pid] + args
			delete(open, pid)
		} else if call, more, ok := strings.Cut(rest, "("); ok {
			o = &operation{call: call, begin: when}
			if args, ok = strings.CutSuffix(more, " <unfinished ...>"); ok {
				open[pid], begun[pid] = o, args
				ops = append(ops, o)
				continue
			}
			ops = append(ops, o)
		} else {
			continue
		}
		if err := o.parse(args, when); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, o := range open {
		o.call = "" // the process was killed inside
	}
	kept := ops[:0]
	for _, o := range ops {
		if o.call != "" {
			kept = append(kept, o)
		}
	}
	return kept, lines.Err()
}

// returned stands between the arguments of a call and its result; strace pads short
// calls.
var returned = regexp.MustCompile(`\) += `)

// parse reads the arguments, the result and the duration of a call whose line stands
// at a time: its begin, or its end if the line says that it resumed.
func (o *operation) parse(line string, at float64) error {
	end := returned.FindStringIndex(line)
	if end == nil { // "<detached ...>": the process ended inside
		o.call = ""
		return nil
	}
	args, result := line[:end[0]], strings.Fields(line[end[1]:])
	if strings.HasPrefix(result[0], "-") || result[0] == "?" {
		o.call = "" // it failed
		return nil
	}
	took, err := strconv.ParseFloat(strings.Trim(result[len(result)-1], "<>"), 64)
	if err != nil {
		return fmt.Errorf("%s has no duration: %.80q", o.call, line[end[0]:])
	}
	if o.end = o.begin + took; at > o.begin {
		o.end = at
	}
	_, args, _ = strings.Cut(args, ", ") // the file
	switch o.call {
	case "pwrite64":
		quoted, numbers, ok := strings.Cut(strings.TrimPrefix(args, `"`), `", `)
		size, offset, ok2 := strings.Cut(numbers, ", ")
		if o.data, err = hex.DecodeString(strings.ReplaceAll(quoted, `\x`, "")); err != nil || !ok || !ok2 || size != result[0] || size != strconv.Itoa(len(o.data)) {
			return fmt.Errorf("a write of %s bytes has %d: %v", size, len(o.data), err)
		}
		o.offset, err = strconv.ParseInt(offset, 10, 64)
	case "ftruncate":
		o.offset, err = strconv.ParseInt(args, 10, 64)
	}
	return err
}

// sector is what a disk writes whole, in bytes.
const sector = 512

// apply does the operation to the bytes of a file. Of a write it does only the sectors
// for which keep, if not nil, returns true.
func (o *operation) apply(file []byte, keep func() bool) []byte {
	if o.syncs() {
		return file
	}
	size := int(o.offset) + len(o.data)
	if o.call == "ftruncate" && size < len(file) {
		return file[:size]
	}
	if size > len(file) {
		file = append(file, make([]byte, size-len(file))...)
	}
	for from := 0; from < len(o.data); from += sector {
		if keep == nil || keep() {
			copy(file[int(o.offset)+from:], o.data[from:min(len(o.data), from+sector)])
		}
	}
	return file
}
