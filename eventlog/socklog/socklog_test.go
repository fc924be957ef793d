package socklog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
	"parodywave/eventlog/logtest"
)

var ctx = context.Background()

// serve serves a log on a Unix socket and returns the other end.
func serve(t *testing.T, h http.Handler) eventlog.AuditLog {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return dial(path)
}

// dial returns the log that is served on a Unix socket.
func dial(path string) eventlog.AuditLog {
	return New(&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}, "http://parodywave")
}

// split reads from one log and appends to another: the two ends of a socket.
type split struct {
	eventlog.AuditLog
	near eventlog.AuditLog
}

func (s split) Append(c context.Context, n eventlog.Stream, e eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	return s.near.Append(c, n, e, r...)
}

func (s split) Close() error { return errors.Join(s.AuditLog.Close(), s.near.Close()) }

func TestLogOverASocketMeetsTheContract(t *testing.T) {
	logtest.Run(t, func(t *testing.T) eventlog.AuditLog {
		log := eventlog.NewMemory()
		return split{serve(t, Handler(log)), log}
	})
}

func fill(t *testing.T, log eventlog.AuditLog, n int) {
	t.Helper()
	for i := range n {
		r := eventlog.Record{Kind: "changed", Shape: fmt.Appendf(nil, "[%d]", i), Text: []byte("\x00\x00\x00\x01x")}
		if _, err := log.Append(ctx, "s", eventlog.Revision(i), r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAppendOverASocketIsUnavailable(t *testing.T) {
	log := eventlog.NewMemory()
	far := serve(t, Handler(log))
	if _, err := far.Append(ctx, "s", 0, eventlog.Record{Kind: "changed"}); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatal(err)
	}
	if h, _ := log.Head(ctx, "s"); h.Revision != 0 {
		t.Fatal("it was appended")
	}
}

func TestErrorsOfTheServerKeepTheirIdentity(t *testing.T) {
	log := eventlog.NewMemory()
	fill(t, log, 3)
	far := serve(t, Handler(log))
	if _, err := far.ChainAt(ctx, "s", 9); !errors.Is(err, eventlog.ErrNotFound) {
		t.Fatal(err)
	}
	log.Close()
	if _, err := far.Head(ctx, "s"); !errors.Is(err, eventlog.ErrClosed) {
		t.Fatal(err)
	}
	far = serve(t, Handler(failing{log}))
	n, last := 0, error(nil)
	for _, err := range far.Read(ctx, "s", 0) {
		if last = err; err == nil {
			n++
		}
	}
	if !errors.Is(last, eventlog.ErrDamaged) || last.Error() != "page 7: log is damaged" {
		t.Fatalf("after %d records: %v", n, last)
	}
}

// failing yields one record and then an error.
type failing struct{ eventlog.AuditLog }

func (failing) Read(context.Context, eventlog.Stream, eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		_ = yield(eventlog.Record{Stream: "s", Revision: 1, Position: 1, Kind: "k"}, nil) &&
			yield(eventlog.Record{}, fmt.Errorf("page 7: %w", eventlog.ErrDamaged))
	}
}

func TestUnreachableServerIsUnavailable(t *testing.T) {
	far := dial(filepath.Join(t.TempDir(), "nobody"))
	if _, err := far.Head(ctx, "s"); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Fatal(err)
	}
}

func TestAnswerOfAnotherVersionIsRefused(t *testing.T) {
	far := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(header, "2")
		writeFrame(w, frameEnd, nil)
	}))
	if _, err := far.Streams(ctx); err == nil {
		t.Fatal("an answer of protocol 2 was taken")
	}
}

// record returns the bytes that a handler answers.
func record(t *testing.T, log eventlog.AuditLog, url string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(log).ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	return w.Body.Bytes()
}

// replay is a log whose server always answers the same bytes.
func replay(t *testing.T, b []byte) eventlog.AuditLog {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(header, protocol)
		w.Write(b)
	}))
}

func last(seq iter.Seq2[eventlog.Record, error]) (n int, err error) {
	for _, err = range seq {
		if err == nil {
			n++
		}
	}
	return n, err
}

func TestAnswerThatWasCutOffIsAnError(t *testing.T) {
	log := eventlog.NewMemory()
	fill(t, log, 2500)
	b := record(t, log, "/log/read?stream=s&after=0")
	if n, err := last(replay(t, b).Read(ctx, "s", 0)); n != 2500 || err != nil {
		t.Fatal(n, err)
	}
	for _, n := range []int{0, 3, 5, 100, len(b) / 2, len(b) - 5, len(b) - 1} {
		if got, err := last(replay(t, b[:n]).Read(ctx, "s", 0)); err == nil {
			t.Fatalf("cut after %d of %d bytes: %d records and no error", n, len(b), got)
		}
	}
}

func TestProveChecksWhatTheServerSends(t *testing.T) {
	log := eventlog.NewMemory()
	fill(t, log, 30)
	var b bytes.Buffer
	// The server is honest about all but the text of revision 20.
	var bu pack.Builder
	bu.Reset(1)
	writeFrame(&b, frameChain, encodeChain(0, chain.Start("s")))
	for r, err := range log.Prove(ctx, "s", 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Revision == 20 {
			r.Text[4] = 'y'
		}
		bu.Add(&r, r.Proof.Chain, true)
	}
	writeFrame(&b, frameGroup, bu.Encode(chain.Digest{}))
	writeFrame(&b, frameEnd, nil)
	if n, err := last(replay(t, b.Bytes()).Prove(ctx, "s", 0)); !errors.Is(err, eventlog.ErrDamaged) || n > 0 {
		t.Fatalf("%d records were proved: %v", n, err)
	}
	sound := record(t, log, "/log/prove?stream=s&after=0")
	if n, err := last(replay(t, sound).Prove(ctx, "s", 0)); n != 30 || err != nil {
		t.Fatal(n, err)
	}
}

func FuzzFrames(f *testing.F) {
	log := eventlog.NewMemory()
	log.Append(ctx, "s", 0, eventlog.Record{Kind: "k", Text: []byte("x")})
	for _, path := range []string{"streams", "read?stream=s", "prove?stream=s", "chain?stream=s&at=1", "chain?stream=s&at=2"} {
		w := httptest.NewRecorder()
		Handler(log).ServeHTTP(w, httptest.NewRequest("GET", "/log/"+path, nil))
		f.Add(w.Body.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for r := bytes.NewReader(b); ; {
			kind, payload, err := readFrame(r)
			if err != nil {
				return
			}
			if kind == frameHeads {
				heads, err := decodeHeads(payload)
				if err == nil {
					var again []byte
					for _, h := range heads {
						again = appendHead(again, h)
					}
					if !bytes.Equal(again, payload) {
						t.Fatalf("%x comes back as %x", payload, again)
					}
				}
			}
		}
	})
}
