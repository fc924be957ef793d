package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/snapshot"
	"parodywave/server/internal/api"
	"parodywave/server/internal/live"
	"parodywave/server/internal/people"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/warn"
	"parodywave/server/internal/wire"

	"github.com/oklog/ulid/v2"
)

// A Config is what a server is given. Log is required.
type Config struct {
	Log    eventlog.Store
	Cache  *snapshot.Cache // of Log; nil: everything is folded from the log alone
	Logger *slog.Logger    // nil: slog.Default

	// Listen is the address of the listener, host:port. It says which Host headers
	// name this server.
	Listen         string
	AllowHosts     []string // further Host values, without port
	AllowOrigins   []string // further origins, scheme://host[:port]
	AllowNoOrigin  bool     // accept upgrades without Origin from other machines, too
	Sockets        int      // most WebSockets of one address, but for this machine's; 0: any number
	Node           string   // name of this server in the log; "main" if empty
	Version        string
	KeepConnection time.Duration // how long connection records are kept; 0: forever
	Offline        bool          // serves a command, not people: records no start
	// Now is the clock; nil: time.Now. It decides the times of records, what a time
	// like -15m means, and which connection records are old. It may be set forwards
	// and back at any moment: pauses, rates, timeouts and the order of connections do
	// not follow it.
	Now func() time.Time

	quotas *quota.Limits // of a test
}

// A Server serves the threads of one log. Its methods may be called
// concurrently.
type Server struct {
	live    *live.Live
	api     *api.API
	public  http.Handler
	control http.Handler
}

// answerPatience is how long the reader of a long HTTP answer may make no progress: its
// disk may be slow.
const answerPatience = time.Minute

// New rebuilds the projections from the log and returns a server that is ready
// to serve. It returns an error when the log cannot be read or folded.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Node == "" {
		cfg.Node = "main"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if !event.IsWord(cfg.Node) {
		return nil, fmt.Errorf("server: node %q: use 1 to 64 letters, digits, dots, dashes and underscores", cfg.Node)
	}
	start := time.Now()
	log := source(cfg)
	state, err := rebuild(ctx, log, cfg.Cache, cfg.Logger)
	if err != nil {
		return nil, fmt.Errorf("server: rebuild from the log: %w", err)
	}
	appends, limits := &appends{cache: cfg.Cache}, wire.DefaultLimits()
	damaged, err := projection.DamagedThreads(ctx, log, cfg.Log.Damages)
	if err != nil {
		return nil, fmt.Errorf("server: damaged threads: %w", err)
	}
	quotas, warnings := quotas(cfg), warn.New(cfg.Logger)
	work := pool.New()
	people := people.New(log, state.Authors, appends.report, cfg.Now)
	s := &Server{live: live.New(live.Config{
		Log: log, Directory: state.Directory, Damaged: damaged, People: people, Pool: work, Quotas: quotas, Warnings: warnings, Appended: appends.report, Idled: cfg.Cache.Idle,
		Limits: limits, Logger: cfg.Logger, Now: cfg.Now,
		Place: event.Place{Run: ulid.Make(), Node: cfg.Node}, Quiet: cfg.Offline, Keep: cfg.KeepConnection, Prune: cfg.Log.Prune,
	})}
	s.api = &api.API{
		Log: log, Threads: s.live.Hub(), People: people, Limits: limits, Logger: cfg.Logger, Now: cfg.Now, Version: cfg.Version,
		Appended: appends.report, Copy: cfg.Log.CopyTo, Patience: answerPatience, Past: pool.New(), Pool: work, Stopping: s.live.Stopping(),
	}
	guard, health := guard{cfg, cfg.Logger, warnings, quotas}, health{log, appends, len(damaged), cfg.Now}
	s.public = guard.wrap(s.routes(health, guard.upgrades(s.live), !cfg.Offline))
	s.control = s.controlRoutes(health, log)
	cfg.Cache.Follow(state.State, s.live.Hub().Directory)
	if !state.cached || time.Since(start) > worthSaving {
		cfg.Cache.Demand()
	}
	s.live.Start()
	cfg.Logger.Info("projections rebuilt",
		"threads", state.Directory.Len(), "damaged", len(damaged), "cached", state.cached, "visits", state.Connections.Visits,
		"peak", state.Connections.Peak, "left_open", state.Connections.Open(""), "took", time.Since(start).Round(time.Millisecond))
	if ahead := health.ahead(ctx); ahead != "" {
		cfg.Logger.Warn(ahead)
	}
	if !state.cached { // the fold left garbage, and nothing collects it while the server is idle
		go debug.FreeOSMemory()
	}
	return s, nil
}

func quotas(cfg Config) *quota.Quotas {
	l := quota.Default()
	l.Sockets = cfg.Sockets
	if cfg.quotas != nil {
		l = *cfg.quotas
	}
	return quota.New(l)
}

// Handler returns what is served to the world: pages, API, WebSocket.
func (s *Server) Handler() http.Handler { return s.public }

// Control returns what is served to commands on the same machine, over a
// socket that only the server's own user can reach.
func (s *Server) Control() http.Handler { return s.control }

// Shutdown refuses new work, closes all connections (1001, clients reconnect),
// waits until everything that was accepted is on disk, and stops. The log stays
// open.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.live.Shutdown(ctx); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}
