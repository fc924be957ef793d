package loadgen

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is the unit of processor times in /proc, the same on every
// Linux that Go runs on.
const ticksPerSecond = 100

// A process has what /proc reports about one process.
type process struct {
	pid   int
	ticks int64 // of processor time
	rss   int64 // KiB
}

// A cost is the processor time used between two moments, in percent of one
// processor.
type cost struct {
	generator, foreign float64
	server             *ServerUse
}

// A moment has all counters at one time.
type moment struct {
	at        time.Time
	all       int64 // ticks that were not idle
	self      *process
	server    *process
	typed     uint64
	delivered uint64
}

func (g *generator) measure() moment {
	m := moment{at: time.Now(), all: busyTicks(), self: read(os.Getpid()), server: read(g.server)}
	for _, t := range g.threads {
		for _, w := range t.conns[:g.plan.Writers] {
			m.typed += w.client.Typed()
		}
		t.mu.Lock()
		m.delivered += t.delivered
		t.mu.Unlock()
	}
	return m
}

func (m moment) until(n moment) cost {
	seconds := n.at.Sub(m.at).Seconds()
	percent := func(ticks int64) float64 {
		return max(0, float64(ticks)/ticksPerSecond/seconds*100)
	}
	var c cost
	var ours int64
	if m.self != nil && n.self != nil {
		ours = n.self.ticks - m.self.ticks
		c.generator = percent(ours)
	}
	if m.server != nil && n.server != nil {
		used := n.server.ticks - m.server.ticks
		ours += used
		c.server = &ServerUse{PID: n.server.pid, CPU: percent(used), RSSAfter: n.server.rss}
	}
	c.foreign = percent(n.all - m.all - ours)
	return c
}

// busyTicks returns the ticks that all processors were not idle.
func busyTicks() int64 {
	data, _ := os.ReadFile("/proc/stat")
	line, _, _ := bytes.Cut(data, []byte("\n"))
	var sum int64
	for i, f := range bytes.Fields(line) {
		if n, err := strconv.ParseInt(string(f), 10, 64); err == nil && i != 4 && i != 5 && i < 9 { // idle, waiting; guests are in user
			sum += n
		}
	}
	return sum
}

// read returns what /proc reports about a process, or nil if it is not visible.
func read(pid int) *process {
	if pid == 0 {
		return nil
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	// The name in parentheses may hold anything; utime and stime are the 12th
	// and 13th field after it, the resident pages the 22nd.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 22 {
		return nil
	}
	number := func(i int) int64 {
		n, _ := strconv.ParseInt(string(fields[i]), 10, 64)
		return n
	}
	return &process{pid: pid, ticks: number(11) + number(12), rss: number(21) * int64(os.Getpagesize()) / 1024}
}

// serverOf returns the process that listens at an address, or nil if it runs on
// another machine or is not visible.
func serverOf(address string) *process {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil
	}
	port := u.Port()
	if port == "" {
		n, _ := net.LookupPort("tcp", u.Scheme)
		port = strconv.Itoa(n)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil
	}
	return owner(listeners(uint16(n)))
}

// listeners returns the inodes of the sockets that listen on a port.
func listeners(port uint16) map[string]bool {
	inodes := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		data, _ := os.ReadFile(table)
		for line := range strings.Lines(string(data)) {
			f := strings.Fields(line)
			if len(f) > 9 && f[3] == "0A" && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) {
				inodes["socket:["+f[9]+"]"] = true
			}
		}
	}
	return inodes
}

// owner returns the process that has one of the sockets open.
func owner(sockets map[string]bool) *process {
	if len(sockets) == 0 {
		return nil
	}
	open, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range open {
		if name, err := os.Readlink(fd); err == nil && sockets[name] {
			pid, _ := strconv.Atoi(strings.Split(fd, "/")[2])
			return read(pid)
		}
	}
	return nil
}
