package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/logtest"
	"parodywave/server"
)

// The lies that a victim of a control tells.
const (
	ackEarly = "early"  // it acknowledges an edit 100 ms before it writes it
	noSync   = "nosync" // it does not sync
	leak     = "leak"   // every request leaves goroutines and memory behind
	setClock = "clock"  // it is honest, but its clock can be set; see clockjump.go
)

// lie runs a server that breaks the promise on purpose: torture lie LIE DATA ADDRESS.
// It never returns.
func lie(args []string) {
	err := func() error {
		switch args[0] {
		case "believe":
			return believe(args[1])
		case "inplace":
			return rewriteInPlace(args[1])
		}
		how, data, address := args[0], args[1], args[2]
		if err := os.MkdirAll(data, 0o700); err != nil {
			return err
		}
		log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, Timeout: time.Minute, NoSync: how == noSync})
		if err != nil {
			return err
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		store, clock := log.Store(), new(jumping)
		if how == ackEarly {
			store = eventlog.Store{AuditLog: logtest.NewAckEarly(log, 100*time.Millisecond)}
		}
		s, err := server.New(context.Background(), server.Config{Log: store, Listen: address, Version: "lie", Logger: slog.New(slog.DiscardHandler), Now: clock.now})
		if err != nil {
			return err
		}
		handler := s.Handler()
		switch how {
		case leak:
			handler = leaking(handler)
		case setClock:
			handler = clock.handler(handler)
		}
		fmt.Printf("http://%s/\n", listener.Addr())
		return http.Serve(listener, handler)
	}()
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "torture lie:", err)
	os.Exit(1)
}

// leaking leaves 8 goroutines and 64 KiB behind at every request.
func leaking(h http.Handler) http.Handler {
	never := make(chan struct{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 8 {
			kept := make([]byte, 8<<10)
			go func() {
				<-never
				runtime.KeepAlive(kept)
			}()
		}
		h.ServeHTTP(w, r)
	})
}
