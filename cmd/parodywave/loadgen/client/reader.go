package client

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

// ReaderOptions configure a Reader.
type ReaderOptions struct {
	URL    string // of the server
	User   string // name of the reader
	Thread string // id of the thread

	Frames *Frames // of the thread, shared by its readers; nil: not shared

	// OnBatch is called for every frame of the stream, with the time at which it
	// was read and decoded.
	OnBatch func(*Batch, time.Time)
}

// A Reader follows a thread in text mode and keeps no text. It uses little
// processor time, so that many readers measure the server and not themselves.
// OnBatch checks the entries: a Reader continues after a missing or repeated
// revision, and ends only when two frames contradict each other.
type Reader struct {
	o  ReaderOptions
	id string
	connection
}

// DialReader connects and joins. A lost connection is made again, until Close or
// an error.
func DialReader(ctx context.Context, o ReaderOptions) (*Reader, error) {
	if o.Frames == nil {
		o.Frames = new(Frames)
	}
	r := &Reader{o: o, id: ulid.Make().String()}
	if err := r.start(ctx, o.User, r.connect, r.serve); err != nil {
		return nil, err
	}
	return r, nil
}

// connect makes a connection, and joins or resumes the thread.
func (r *Reader) connect(ctx context.Context) (*link, error) {
	l, err := dial(ctx, r.o.URL)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	var f *frame
	if err = l.send(joinFrame(r.o.User, r.o.Thread, r.id, r.rev, r.chain)); err == nil {
		f, err = l.answer("join")
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch first := r.chain == ""; {
	case err != nil:
	case first:
		r.rev, r.chain = f.Rev, f.Chain
	case f.Reset || f.Head == nil || f.Rev != r.rev:
		err = fmt.Errorf("%s: %w: the server answered a resume from revision %d with revision %d", r.o.User, ErrDiverged, r.rev, f.Rev)
	default:
		r.stats.Resumes++
	}
	if err != nil {
		_ = l.conn.Close()
		return nil, err
	}
	r.link = l
	return l, nil
}

// serve reads frames. It returns nil when the connection is lost, and an error
// that ends the reader.
func (r *Reader) serve(l *link) error {
	for {
		data, err := l.bytes()
		switch {
		case websocket.IsCloseError(err, closeReplaced):
			return fmt.Errorf("client %s joined again on another connection", r.id)
		case err != nil:
			return nil
		case bytes.HasPrefix(data, plainUpdate):
			err = r.update(data)
		case !ignored(data):
			err = r.other(data)
		}
		if err != nil {
			return err
		}
	}
}

func (r *Reader) update(data []byte) error {
	b, err := r.o.Frames.read(data)
	if err != nil {
		return fmt.Errorf("%s after revision %d: %w", r.o.User, r.rev, err)
	}
	if r.o.OnBatch != nil {
		r.o.OnBatch(b, time.Now())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rev, r.chain = b.Rev, b.Chain
	r.stats.Received += len(b.Notes)
	r.changed.Broadcast()
	return nil
}

// other handles a frame that does not begin as a plain update does.
func (r *Reader) other(data []byte) error {
	f, err := decode(data)
	switch {
	case err != nil:
		return err
	case f.Type == "update" && len(f.Updates) > 0:
		return r.update(data) // with its fields in another order
	case f.Type == "error" && f.Code != "rate_limited" && f.Code != "unavailable":
		return f.refusal()
	case f.Type != "beacon":
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Rev == r.rev && f.Chain != r.chain {
		return fmt.Errorf("%s: %w: at revision %d the beacon has chain %s, but the stream has %s", r.o.User, ErrDiverged, r.rev, f.Chain, r.chain)
	}
	r.stats.Beacons++
	return nil
}
