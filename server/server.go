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
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

// A Config is what a server is given. Log is required.
type Config struct {
	Log    eventlog.Store
	Cache  *snapshot.Cache // of Log; nil: everything is folded from the log alone
	Logger *slog.Logger    // nil: slog.Default

	// Listen is the address that the listener has, host:port: it says which
	// Host headers are ours.
	Listen         string
	AllowHosts     []string // further Host values, without port
	AllowOrigins   []string // further origins, scheme://host[:port]
	AllowNoOrigin  bool     // take upgrades without Origin from other machines too
	Node           string   // name of this server in the log; "main" if empty
	Version        string
	KeepConnection time.Duration // how long connection records are kept; 0: for ever
	Offline        bool          // serves a command, not people: no start is recorded
}

// A Server serves the threads of one log. Its methods may be called
// concurrently.
type Server struct {
	cfg      Config
	log      projection.Source
	appends  *appends
	logger   *slog.Logger
	limits   wire.Limits
	run      ulid.ULID
	hub      *hub
	people   *people.People
	api      *api.API
	recorder *recorder
	pulse    *pulse
	activity *activity
	began    time.Time
	peers    *peerSet
	hands    hands
	upgrader websocket.Upgrader
	public   http.Handler
	control  http.Handler
	ready    chan struct{} // closed: projections are rebuilt
	stopped  <-chan struct{}
	stop     context.CancelFunc
}

// New rebuilds the projections from the log and returns a server that is ready
// to serve. It fails when the log cannot be read or folded.
func New(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Node == "" {
		cfg.Node = "main"
	}
	if !event.IsWord(cfg.Node) {
		return nil, fmt.Errorf("server: node %q: use 1 to 64 letters, digits, dots, dashes and underscores", cfg.Node)
	}
	s := &Server{
		cfg: cfg, log: source(cfg), appends: &appends{cache: cfg.Cache}, logger: cfg.Logger, limits: wire.DefaultLimits(),
		run: ulid.Make(), peers: newPeerSet(), hands: newHands(), began: time.Now(), ready: make(chan struct{}),
	}
	start := time.Now()
	state, err := s.rebuild(ctx)
	if err != nil {
		return nil, fmt.Errorf("server: rebuild from the log: %w", err)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop, s.stopped = stop, background.Done()
	s.people = people.New(s.log, state.Authors, s.appends.report)
	s.hub = newHub(s, state.Directory)
	s.api = &api.API{
		Log: s.log, Threads: s.hub, People: s.people, Limits: s.limits, Logger: s.logger, Version: cfg.Version, Copy: cfg.Log.CopyTo,
		Appended: s.appends.report, Patience: patientFor * writeTimeout, Stopping: s.stopped,
	}
	cfg.Cache.Follow(state.State, s.directory)
	if !state.cached || time.Since(start) > worthSaving {
		cfg.Cache.Demand()
	}
	s.recorder = newRecorder(s, state.Connections.Revision)
	s.pulse, s.activity = newPulse(s), newActivity(s)
	s.upgrader = websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second,
		ReadBufferSize:   readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers,
		CheckOrigin:       func(*http.Request) bool { return true }, // done before, in guard
		EnableCompression: false,                                    // its read limit would count compressed bytes
	}
	s.public, s.control = s.routes(), s.controlRoutes()
	go s.recorder.loop(background)
	go s.pulse.loop(background)
	go s.peers.sweep(background)
	go s.peers.tidy(background)
	s.logger.Info("projections rebuilt",
		"threads", state.Directory.Len(), "cached", state.cached, "visits", state.Connections.Visits,
		"peak", state.Connections.Peak, "left_open", state.Connections.Open(""), "took", time.Since(start).Round(time.Millisecond))
	close(s.ready)
	if !state.cached {
		go debug.FreeOSMemory() // all threads were there at once
	}
	return s, nil
}

// Handler returns what is served to the world: pages, API, WebSocket.
func (s *Server) Handler() http.Handler { return s.public }

// Control returns what is served to commands on the same machine, over a
// socket that only the server's own user can reach.
func (s *Server) Control() http.Handler { return s.control }

// Shutdown refuses new work, closes all connections (1001, clients reconnect),
// waits for what was accepted to be on disk, and stops. The log stays open.
func (s *Server) Shutdown(ctx context.Context) error {
	s.peers.closeAll(wire.CloseGoingAway, stoppingText)
	err := s.hub.shutdown(ctx)
	s.stop()
	return s.recorder.finish(ctx, err)
}

// patientFor is how many writeTimeouts the reader of a long answer may make no
// progress: its disk may be slow.
const patientFor = 12

func now() int64 { return time.Now().UnixMilli() }
