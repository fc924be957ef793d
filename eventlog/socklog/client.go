package socklog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// New returns the log that a Handler serves below base, such as "http://host". A
// time-out of client would end long reads.
func New(client *http.Client, base string) eventlog.AuditLog {
	l := &remote{client: client, base: base}
	l.life, l.end = context.WithCancel(context.Background())
	return l
}

type remote struct {
	client *http.Client
	base   string
	life   context.Context // until Close
	end    context.CancelFunc
}

func (l *remote) closed() bool { return l.life.Err() != nil }

// Append implements eventlog.Log: it refuses.
func (l *remote) Append(_ context.Context, stream eventlog.Stream, _ eventlog.Revision, _ ...eventlog.Record) (eventlog.Head, error) {
	if l.closed() {
		return eventlog.Head{}, eventlog.ErrClosed
	}
	return eventlog.Head{}, fmt.Errorf("append to %s: a running server has the log: use its commands to write: %w", stream, eventlog.ErrUnavailable)
}

// An answer is the body of a response.
type answer struct {
	*bufio.Reader
	body io.ReadCloser
}

func (l *remote) get(ctx context.Context, path string, values url.Values) (*answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+"/log/"+path+"?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := l.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the running server: %w: %w", eventlog.ErrUnavailable, err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get(header) != protocol {
		resp.Body.Close()
		return nil, fmt.Errorf("the running server answers %s to /log/%s with protocol %q, want %q: is it another version?",
			resp.Status, path, resp.Header.Get(header), protocol)
	}
	return &answer{bufio.NewReaderSize(resp.Body, 64<<10), resp.Body}, nil
}

// frames calls f with each frame of the answer.
func (l *remote) frames(ctx context.Context, path string, values url.Values, f func(kind byte, payload []byte) error) error {
	both, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.life, cancel)()
	a, err := l.get(both, path, values)
	if err != nil {
		return l.why(ctx, err)
	}
	defer a.body.Close()
	for {
		kind, payload, err := readFrame(a)
		if err != nil {
			return l.why(ctx, err)
		}
		if kind == frameEnd {
			io.Copy(io.Discard, a) // so that the connection can be reused
			return nil
		}
		if err := f(kind, payload); err != nil {
			return err
		}
	}
}

// why returns the cause of a connection's error.
func (l *remote) why(ctx context.Context, err error) error {
	switch {
	case l.closed():
		return eventlog.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return err
}

func of(stream eventlog.Stream) url.Values { return url.Values{"stream": {string(stream)}} }

func with(v url.Values, name string, n uint64) url.Values {
	v.Set(name, strconv.FormatUint(n, 10))
	return v
}

// Head implements eventlog.Log.
func (l *remote) Head(ctx context.Context, stream eventlog.Stream) (eventlog.Head, error) {
	heads, err := l.heads(ctx, "head", of(stream))
	if err == nil && len(heads) != 1 {
		err = fmt.Errorf("head of %s: answer holds %d heads", stream, len(heads))
	}
	if err != nil {
		return eventlog.Head{}, err
	}
	return heads[0], nil
}

// Streams implements eventlog.Log.
func (l *remote) Streams(ctx context.Context) ([]eventlog.Head, error) {
	return l.heads(ctx, "streams", nil)
}

func (l *remote) heads(ctx context.Context, path string, values url.Values) (all []eventlog.Head, err error) {
	err = l.frames(ctx, path, values, func(kind byte, payload []byte) error {
		if kind != frameHeads {
			return unexpected(kind)
		}
		heads, err := decodeHeads(payload)
		all = append(all, heads...)
		return err
	})
	return all, err
}

func unexpected(kind byte) error { return fmt.Errorf("answer holds an unexpected frame %q", kind) }

// ChainAt implements eventlog.Prover.
func (l *remote) ChainAt(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) (c chain.Digest, err error) {
	found := false
	err = l.frames(ctx, "chain", with(of(stream), "at", uint64(at)), func(kind byte, payload []byte) error {
		if found = true; kind != frameChain {
			return unexpected(kind)
		}
		_, c, err = decodeChain(payload)
		return err
	})
	if err == nil && !found {
		err = errors.New("answer holds no chain value")
	}
	return c, err
}

// Read implements eventlog.Log.
func (l *remote) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return l.records(ctx, "read", with(of(stream), "after", uint64(after)), "")
}

// Scan implements eventlog.Scanner.
func (l *remote) Scan(ctx context.Context, after eventlog.Position) iter.Seq2[eventlog.Record, error] {
	return l.records(ctx, "scan", with(url.Values{}, "after", uint64(after)), "")
}

// Prove implements eventlog.Prover.
func (l *remote) Prove(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return l.records(ctx, "prove", with(of(stream), "after", uint64(after)), stream)
}

// Close implements eventlog.Log. Running reads end with ErrClosed.
func (l *remote) Close() error {
	l.end()
	l.client.CloseIdleConnections()
	return nil
}
