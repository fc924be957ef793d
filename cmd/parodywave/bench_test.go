package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"parodywave/cmd/parodywave/loadgen/client"
)

// dialAll joins each thread several times.
func dialAll(b *testing.B, url string, threads, each int) []*client.Client {
	b.Helper()
	clients := make([]*client.Client, threads*each)
	slots := make(chan struct{}, 16)
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			thread := ""
			for k := range each {
				c, err := client.Dial(b.Context(), client.Options{URL: url, User: "Idle " + strconv.Itoa(k), Thread: thread, Title: "Idle " + strconv.Itoa(i)})
				if err != nil {
					b.Error(err)
					return
				}
				thread, clients[i*each+k] = c.Thread(), c
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return clients
}

// resident returns a process's resident memory in KiB.
func resident(b *testing.B, s *process) int {
	b.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		b.Skip("no /proc: ", err)
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
