package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"syscall"
	"time"

	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection/snapshot"
	"parodywave/server"
)

type serveCommand struct {
	Listen          string        `default:"127.0.0.1:5555" placeholder:"HOST:PORT" help:"Address to listen on (default: 127.0.0.1:5555)."`
	AllowHost       []string      `placeholder:"NAME" help:"Another host name that browsers use for this server; repeatable."`
	AllowOrigin     []string      `placeholder:"URL" help:"Another origin whose pages may connect, like https://wave.example; repeatable."`
	AllowNoOrigin   bool          `help:"Accept WebSockets without an Origin header (from programs, not browsers) from other machines, too."`
	Sockets         int           `default:"1000" placeholder:"N" help:"Most WebSockets that one address of another machine may have open; 0 for any number (default: 1000)."`
	Node            string        `default:"main" placeholder:"NAME" help:"Name of this server in the records of connections (default: main)."`
	KeepConnections time.Duration `default:"720h" placeholder:"720h" help:"How long to keep records of connections; 0 keeps them all (default: 720h)."`
}

// Help returns the text below the usage.
func (*serveCommand) Help() string {
	return `Serves the pages, the API (described in /api/openapi.json) and the WebSocket, and prints its address when it is ready.
Creates the log if there is none. On SIGTERM or Ctrl-C it refuses new work, writes what it has accepted, closes all
connections and exits with status 0.

  parodywave serve
  parodywave serve --data /srv/wave --listen :8080 --allow-host wave.example --allow-origin https://wave.example

The second example is a server behind a proxy: it answers only to the host names and origins given.
`
}

// shutdownWait bounds how long stopping may take.
const shutdownWait = 30 * time.Second

func (c *serveCommand) Run(a *app) error {
	if a.File != "" {
		return usage("use --data DIR", "serve needs a data directory, but --file names a copy of a log")
	}
	if !event.IsWord(c.Node) {
		return usage("use 1 to 64 letters, digits, dots, dashes and underscores", "invalid --node %q", c.Node)
	}
	if c.Sockets < 0 {
		return usage("use a number, or 0 for any number", "--sockets must be 0 or more, not %d", c.Sockets)
	}
	if c.KeepConnections < 0 {
		return usage("use a duration like 720h, or 0 to keep all", "--keep-connections must be 0 or more, not %v", c.KeepConnections)
	}
	var wrong *net.AddrError
	if _, _, err := net.SplitHostPort(c.Listen); errors.As(err, &wrong) {
		return usage("use HOST:PORT, like 127.0.0.1:5555", "invalid --listen %q: %s", c.Listen, wrong.Err)
	}
	// Listen first: if the port is in use, no directory or log is created.
	listener, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return failed("stop the program that listens there, or choose another --listen", "%s is in use", c.Listen)
	}
	if err != nil {
		return failed("use --listen HOST:PORT, like 127.0.0.1:5555", "%v", err)
	}
	defer listener.Close()
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(a.err, nil))
	log, err := a.openToServe(logger)
	if err == nil {
		err = errors.Join(c.serve(a, listener, log, logger), log.Close())
	}
	if a.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil // stopped by a signal while starting
	}
	return err
}

// openToServe opens the log, and waits up to lockWait for its lock. A signal ends
// the wait at once; a log that opens later is closed.
func (a *app) openToServe(logger *slog.Logger) (*boltlog.Log, error) {
	type result struct {
		log *boltlog.Log
		err error
	}
	opened := make(chan result, 1)
	go func() {
		log, err := boltlog.Open(a.logPath(), boltlog.Options{Packer: event.Packer{}, Timeout: lockWait, OnSeal: sealed(logger), OnFatal: func(err error) {
			logger.Error("the log cannot continue, because it is unknown what is on disk; restart the server", "error", err)
			os.Exit(exitFailed)
		}})
		opened <- result{log, err}
	}()
	select {
	case r := <-opened:
		if errors.Is(r.err, boltlog.ErrLocked) {
			return nil, failed("stop the server or command that uses it, or choose another --data", "the log %s is in use", a.logPath())
		}
		if r.err == nil {
			for _, w := range r.log.Warnings() {
				logger.Error(w)
			}
		}
		return r.log, r.err
	case <-a.ctx.Done():
		go func() {
			if r := <-opened; r.err == nil {
				r.log.Close()
			}
		}()
		return nil, a.ctx.Err()
	}
}

// sealed returns a function that logs seals that failed.
func sealed(logger *slog.Logger) func(uint64, int, error) {
	return func(_ uint64, _ int, err error) {
		if err != nil {
			logger.Warn("old records could not be compressed; this only costs disk space, and is tried again", "error", err)
		}
	}
}

func (c *serveCommand) serve(a *app, listener net.Listener, log *boltlog.Log, logger *slog.Logger) error {
	// With one processor Go runs one thread, and all requests would wait while that
	// thread syncs the log.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	cache := snapshot.Open(a.ctx, a.cachePath(), log, logger)
	defer cache.Close() // after the last append
	s, err := server.New(a.ctx, server.Config{
		Log: log.Store(), Cache: cache, Logger: logger, Listen: listener.Addr().String(), AllowHosts: c.AllowHost, AllowOrigins: c.AllowOrigin,
		AllowNoOrigin: c.AllowNoOrigin, Sockets: c.Sockets, Node: c.Node, Version: release(), KeepConnection: c.KeepConnections,
	})
	if err != nil {
		return err
	}
	control, cleanup, err := a.listenControl()
	if err != nil {
		return errors.Join(err, s.Shutdown(context.Background()))
	}
	defer cleanup()
	defer control.Close()
	public := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
	private := &http.Server{Handler: s.Control(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: public.ErrorLog}
	ended := make(chan error, 2)
	go func() { ended <- public.Serve(listener) }()
	go func() { ended <- private.Serve(control) }()
	fmt.Fprintln(a.out, address(listener.Addr()))
	a.out.Flush()
	select {
	case <-a.ctx.Done():
		logger.Info("stopping")
		err = nil
	case err = <-ended: // a listener failed
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownWait)
	defer cancel()
	return errors.Join(err, s.Shutdown(ctx), shutdown(ctx, public), shutdown(ctx, private))
}

// shutdown waits two seconds for running requests, then closes those that follow
// the log without end.
func shutdown(ctx context.Context, s *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return s.Close()
	}
	return nil
}

// address returns the server's URL for a browser on this machine.
func address(addr net.Addr) string {
	tcp := addr.(*net.TCPAddr)
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port)) + "/"
}
