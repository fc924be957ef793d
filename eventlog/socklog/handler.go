package socklog

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

const (
	groupRecords = 1024
	groupBytes   = 256 << 10
)

// Handler serves a log at the paths of the package comment. It checks no rights:
// every client can read everything, salts included, so only the server's owner may
// be able to open its socket.
func Handler(log eventlog.AuditLog) http.Handler {
	h := &handler{log}
	mux := http.NewServeMux()
	for path, answer := range map[string]func(context.Context, query, io.Writer) error{
		"streams": h.streams, "head": h.head, "chain": h.chain, "read": h.read, "prove": h.prove, "scan": h.scan,
	} {
		mux.HandleFunc("GET /log/"+path, func(w http.ResponseWriter, r *http.Request) {
			q, err := parse(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.Header().Set(header, protocol)
			w.Header().Set("Content-Type", "application/octet-stream")
			if err := answer(r.Context(), q, w); err != nil {
				writeFrame(w, frameError, encodeError(err)) // fails too if writing failed
				return
			}
			writeFrame(w, frameEnd, nil)
		})
	}
	return mux
}

type query struct {
	stream    eventlog.Stream
	after, at uint64
}

func parse(r *http.Request) (q query, err error) {
	values := r.URL.Query()
	q.stream = eventlog.Stream(values.Get("stream"))
	for name, to := range map[string]*uint64{"after": &q.after, "at": &q.at} {
		if s := values.Get(name); s != "" {
			if *to, err = strconv.ParseUint(s, 10, 64); err != nil {
				return q, err
			}
		}
	}
	return q, nil
}

type handler struct{ log eventlog.AuditLog }

func (h *handler) streams(ctx context.Context, _ query, w io.Writer) error {
	heads, err := h.log.Streams(ctx)
	if err != nil {
		return err
	}
	var b []byte
	for _, head := range heads {
		if b = appendHead(b, head); len(b) > groupBytes {
			if err := writeFrame(w, frameHeads, b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	return writeFrame(w, frameHeads, b)
}

func (h *handler) head(ctx context.Context, q query, w io.Writer) error {
	head, err := h.log.Head(ctx, q.stream)
	if err != nil {
		return err
	}
	return writeFrame(w, frameHeads, appendHead(nil, head))
}

func (h *handler) chain(ctx context.Context, q query, w io.Writer) error {
	c, err := h.log.ChainAt(ctx, q.stream, eventlog.Revision(q.at))
	if err != nil {
		return err
	}
	return writeFrame(w, frameChain, encodeChain(eventlog.Revision(q.at), c))
}

func (h *handler) read(ctx context.Context, q query, w io.Writer) error {
	return send(w, h.log.Read(ctx, q.stream, eventlog.Revision(q.after)), nil)
}

func (h *handler) scan(ctx context.Context, q query, w io.Writer) error {
	return send(w, h.log.Scan(ctx, eventlog.Position(q.after)), nil)
}

// prove sends the chain value before the first record, then the records. The first
// record of a pruned stream may be later than requested.
func (h *handler) prove(ctx context.Context, q query, w io.Writer) error {
	return send(w, h.log.Prove(ctx, q.stream, eventlog.Revision(q.after)), func(first *eventlog.Record) error {
		c, err := h.log.ChainAt(ctx, q.stream, first.Revision-1)
		if err != nil {
			return err
		}
		return writeFrame(w, frameChain, encodeChain(first.Revision-1, c))
	})
}

// send sends records in groups. If begin is not nil, it is called with the first
// record, and the records are sent with their proofs.
func send(w io.Writer, records iter.Seq2[eventlog.Record, error], begin func(*eventlog.Record) error) error {
	var b pack.Builder
	var next eventlog.Position // after the records in b; 0 if b is empty
	proofs, n := begin != nil, 0
	for r, err := range records {
		if err != nil {
			return err
		}
		if begin != nil {
			if err := begin(&r); err != nil {
				return err
			}
			begin = nil
		}
		if next == 0 {
			b.Reset(r.Position)
			n = 0
		} else {
			b.Holes(uint64(r.Position - next))
		}
		next = r.Position + 1
		var c chain.Digest
		if proofs {
			c = r.Proof.Chain
		}
		b.Add(&r, c, proofs)
		if n++; n >= groupRecords || b.Size() >= groupBytes {
			if err := writeFrame(w, frameGroup, b.Encode(chain.Digest{})); err != nil {
				return err
			}
			next = 0
		}
	}
	if next == 0 {
		return nil
	}
	return writeFrame(w, frameGroup, b.Encode(chain.Digest{}))
}
