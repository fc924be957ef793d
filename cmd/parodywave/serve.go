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
	Listen          string        `default:"127.0.0.1:5555" placeholder:"HOST:PORT" help:"Where to listen (default: 127.0.0.1:5555)."`
	AllowHost       []string      `placeholder:"NAME" help:"A further name by which browsers reach this server; repeatable."`
	AllowOrigin     []string      `placeholder:"URL" help:"A further origin, like https://wave.example, whose pages may connect; repeatable."`
	AllowNoOrigin   bool          `help:"Take WebSockets without Origin (programs, not browsers) from other machines too."`
	Node            string        `default:"main" placeholder:"NAME" help:"Name of this server in the records of connections (default: main)."`
	KeepConnections time.Duration `default:"720h" placeholder:"720h" help:"How long records of connections are kept; 0: for ever (default: 720h)."`
}

// Help shows how it is used.
func (*serveCommand) Help() string {
	return `Serves the pages, the API (/api/openapi.json tells all of it) and the WebSocket, and prints its address when it is
ready. The log is made if it is not there. SIGTERM or Ctrl-C: no new work is taken, what was accepted is written, all
connections are closed, and the exit status is 0.

  parodywave serve
  parodywave serve --data /srv/wave --listen :8080 --allow-host wave.example --allow-origin https://wave.example

The second is for a server behind a proxy: browsers are let in by the names that they may call it, and no others.
`
}

// shutdownWait bounds how long stopping may take.
const shutdownWait = 30 * time.Second

func (c *serveCommand) Run(a *app) error {
	if a.File != "" {
		return usage("say --data DIR", "a bare copy cannot be served")
	}
	if !event.IsWord(c.Node) {
		return usage("write --node with 1 to 64 letters, digits, dots, dashes and underscores", "--node %q is no name of a server", c.Node)
	}
	if c.KeepConnections < 0 {
		return usage("write 720h, or 0 for ever", "--keep-connections %v is no time to keep anything", c.KeepConnections)
	}
	var wrong *net.AddrError
	if _, _, err := net.SplitHostPort(c.Listen); errors.As(err, &wrong) {
		return usage("write HOST:PORT, like 127.0.0.1:5555", "--listen %q is no address: %s", c.Listen, wrong.Err)
	}
	// First, since nothing is to be made where the port is in use.
	listener, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return failed("another program listens there: stop it, or say another --listen", "%s is in use", c.Listen)
	}
	if err != nil {
		return failed("write --listen as HOST:PORT, like 127.0.0.1:5555", "%v", err)
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
		return nil // stopped before it had begun, which is what was asked for
	}
	return err
}

// openToServe opens the log, and waits for who has it. A signal ends that at
// once: what was being opened is closed when it comes, or with the process.
func (a *app) openToServe(logger *slog.Logger) (*boltlog.Log, error) {
	type result struct {
		log *boltlog.Log
		err error
	}
	opened := make(chan result, 1)
	go func() {
		log, err := boltlog.Open(a.logPath(), boltlog.Options{Packer: event.Packer{}, Timeout: lockWait, OnSeal: sealed(logger), OnFatal: func(err error) {
			logger.Error("the log cannot go on: nobody knows what is on disk; start again", "error", err)
			os.Exit(exitFailed)
		}})
		opened <- result{log, err}
	}()
	select {
	case r := <-opened:
		if errors.Is(r.err, boltlog.ErrLocked) {
			return nil, failed("stop the server or command that has it, or use another --data", "the log %s is in use", a.logPath())
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

// sealed tells of sealings that failed; they are tried again.
func sealed(logger *slog.Logger) func(uint64, int, error) {
	return func(_ uint64, _ int, err error) {
		if err != nil {
			logger.Warn("old records could not be sealed, which takes room and nothing else; trying again", "error", err)
		}
	}
}

func (c *serveCommand) serve(a *app, listener net.Listener, log *boltlog.Log, logger *slog.Logger) error {
	// On one core Go would run one thread, and everything would stand still while
	// that syncs the log.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	cache := snapshot.Open(a.ctx, a.cachePath(), log, logger)
	defer cache.Close() // when nothing is appended any more
	s, err := server.New(a.ctx, server.Config{
		Log: log, Cache: cache, Logger: logger, Listen: listener.Addr().String(), AllowHosts: c.AllowHost, AllowOrigins: c.AllowOrigin,
		AllowNoOrigin: c.AllowNoOrigin, Node: c.Node, Version: release(), KeepConnection: c.KeepConnections,
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
	public := &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
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
	case err = <-ended: // a listener that broke: nothing more can be served
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownWait)
	defer cancel()
	return errors.Join(err, s.Shutdown(ctx), shutdown(ctx, public), shutdown(ctx, private))
}

// shutdown waits for requests under way; those that follow the log for ever are
// cut off after a while.
func shutdown(ctx context.Context, s *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return s.Close()
	}
	return nil
}

// address returns the URL under which a browser on this machine finds the
// server.
func address(addr net.Addr) string {
	tcp := addr.(*net.TCPAddr)
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port)) + "/"
}
