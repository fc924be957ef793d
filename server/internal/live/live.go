// Package live serves WebSockets: connections, the threads in memory that they
// are in, presence, and what is broadcast to them.
//
// A thread is folded from its stream when a client joins it, and kept while it is
// in use and for a minute after. Every edit goes through the one authority of its
// thread (package authority); package wire specifies what is sent.
//
// A connection costs one goroutine, which reads; another one writes while there
// is something to write. The bytes that wait for a peer are bounded: a peer that
// lags is skipped and catches up later, and one that does not read its answers is
// closed with 1013 and can resume. A frame for many peers is encoded once.
package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/people"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/warn"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"
)

// A Config is what New is given. All fields are required but Damaged and Prune.
type Config struct {
	Log       projection.Source
	Directory *projection.Directory // of Log; Live keeps it
	Damaged   []projection.Damaged  // threads that Log cannot read
	People    *people.People
	Pool      *pool.Pool            // for costly work; Shutdown closes it
	Quotas    *quota.Quotas         // of the clients' addresses; nil: without limits
	Warnings  *warn.Warnings        // what clients cause; nil: to Logger
	Appended  people.Appended       // called with the outcome of each append
	Idled     func(eventlog.Stream) // called when a thread leaves memory
	Limits    wire.Limits
	Logger    *slog.Logger
	Now       func() time.Time // the clock, for records; it may be set forwards and back

	Place event.Place // of this run, in connection events
	Quiet bool        // record no start of this run
	// Keep is how long connection events are kept, 0 forever; Prune removes those
	// through a revision and appends record, nil if the log cannot do that.
	Keep  time.Duration
	Prune func(ctx context.Context, through eventlog.Revision, record eventlog.Record) error
}

// Live is all connections and the threads that they are in. Its methods may be
// called concurrently.
type Live struct {
	hub         *Hub
	people      *people.People
	limits      wire.Limits
	logger      *slog.Logger
	ids         ids
	stats       *stats
	feed        *feed
	peers       *peerSet
	broadcaster *broadcaster
	connections *connectionLog
	catchUp     *catchUp
	workers     workers
	quotas      *quota.Quotas
	warnings    *warn.Warnings
	upgrader    websocket.Upgrader
	ctx         context.Context // done when Shutdown has ended all authorities
	stop        context.CancelFunc

	// allowHeaders reports whether a peer may send bytes that are no part of a message.
	// Tests replace it by a wrong one.
	allowHeaders func(p *peer, bytes int) bool
}

// New returns a Live without connections. Start must be called before the first
// one.
func New(cfg Config) *Live {
	ctx, stop := context.WithCancel(context.Background())
	stats, peers := newStats(), newPeerSet()
	if cfg.Quotas == nil {
		cfg.Quotas = quota.New(quota.Limits{})
	}
	if cfg.Warnings == nil {
		cfg.Warnings = warn.New(cfg.Logger)
	}
	hub := &Hub{
		log: cfg.Log, pool: cfg.Pool, people: cfg.People, logger: cfg.Logger, limits: cfg.Limits, stats: stats, now: cfg.Now,
		flushes: rate.NewLimiter(flushRate, flushBurst), appended: cfg.Appended, idled: cfg.Idled,
		directory: cfg.Directory, damaged: map[eventlog.Stream]projection.Damaged{},
		rooms: map[eventlog.Stream]*room{}, changed: map[eventlog.Stream]chan struct{}{},
	}
	for _, d := range cfg.Damaged {
		hub.damaged[d.Stream] = d
	}
	l := &Live{
		hub: hub, people: cfg.People, limits: cfg.Limits, logger: cfg.Logger, ids: ids{now: cfg.Now}, stats: stats, peers: peers,
		feed:        &feed{stats: stats, peers: peers, hub: hub, people: cfg.People, watchers: map[*peer]*watcher{}},
		broadcaster: newBroadcaster(peers, hub),
		connections: &connectionLog{
			log: cfg.Log, appended: cfg.Appended, logger: cfg.Logger, now: cfg.Now, place: cfg.Place, keep: cfg.Keep, prune: cfg.Prune,
			wake: make(chan struct{}, 1), quit: make(chan struct{}), closed: make(chan struct{}),
		},
		catchUp: &catchUp{log: cfg.Log, people: cfg.People, logger: cfg.Logger, slots: make(chan struct{}, streamsMax), pages: pages{most: pagesBytes}},
		workers: newWorkers(), quotas: cfg.Quotas, warnings: cfg.Warnings, ctx: ctx, stop: stop,
		upgrader: websocket.Upgrader{
			HandshakeTimeout: 5 * time.Second,
			ReadBufferSize:   readBuffer, WriteBufferSize: writeBuffer, WriteBufferPool: &writeBuffers,
			CheckOrigin:       func(*http.Request) bool { return true }, // the caller of ServeHTTP has checked it
			EnableCompression: false,                                    // its read limit would count compressed bytes
		},
	}
	l.allowHeaders = func(p *peer, bytes int) bool { return p.rates.allowHeaders(l.stats.clock(), l.limits, bytes) }
	if !cfg.Quiet {
		l.connections.started()
	}
	return l
}

// Start begins to record connections and to ping them. Shutdown ends that.
func (l *Live) Start() {
	go l.connections.loop(l.ctx)
	go l.peers.sweep(l.ctx, l.stats.clock)
}

// Hub returns the threads.
func (l *Live) Hub() *Hub { return l.hub }

// Stopping returns a channel that is closed when Shutdown has ended all
// authorities.
func (l *Live) Stopping() <-chan struct{} { return l.ctx.Done() }

// ServeHTTP upgrades a request, whose origin the caller has checked. It returns
// when that is done: net/http then frees what it holds for a request, and an idle
// connection costs its reader.
func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := l.ids.next() // before the client can connect again
	quota := l.quotas.Of(r)
	release, ok := quota.Socket()
	if !ok {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "too many connections come from this address: close some", http.StatusTooManyRequests)
		return
	}
	m := &metering{ResponseWriter: w, toll: &toll{}}
	conn, err := l.upgrader.Upgrade(m, r, nil)
	if err != nil {
		release()
		return // Upgrade has answered
	}
	p := newPeer(l, conn, m, id)
	p.quota, p.release = quota, release
	if !l.peers.add(p) {
		go p.refuse(wire.CloseGoingAway, stoppingText)
		return
	}
	l.connections.connected(p)
	go p.readLoop()
}

// Shutdown refuses new work, closes all connections (1001, clients reconnect),
// and waits until everything that was accepted is on disk, or ctx is done.
func (l *Live) Shutdown(ctx context.Context) error {
	l.peers.closeAll(wire.CloseGoingAway, stoppingText)
	l.hub.pool.Close()
	err := l.hub.shutdown(ctx)
	l.stop()
	return errors.Join(err, l.connections.finish(ctx))
}
