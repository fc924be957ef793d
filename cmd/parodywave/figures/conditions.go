package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// writeConditions says what the machine is and how busy, in comments. It names
// no host, user or path.
func writeConditions(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(&b, "# %d × %s, %s\n", runtime.NumCPU(), field("/proc/cpuinfo", "model name", "unknown processor"), memory())
	fmt.Fprintf(&b, "# %s %s %s, %s\n", runtime.GOOS, file("/proc/sys/kernel/osrelease", "of an unknown release"), runtime.GOARCH, runtime.Version())
	if load := strings.Fields(file("/proc/loadavg", "")); len(load) > 2 {
		fmt.Fprintf(&b, "# load average before: %s\n", strings.Join(load[:3], " "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func file(path, otherwise string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return otherwise
	}
	return strings.TrimSpace(string(data))
}

// field returns the value of the first line of a file that begins with a name.
func field(path, name, otherwise string) string {
	for line := range strings.Lines(file(path, "")) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return otherwise
}

func memory() string {
	var kib int64
	if _, err := fmt.Sscan(field("/proc/meminfo", "MemTotal", ""), &kib); err != nil {
		return "unknown memory"
	}
	return fmt.Sprintf("%.0f GiB", float64(kib)/(1<<20))
}
