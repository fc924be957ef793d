package server

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A severedLog keeps an append to a thread, and then neither says so nor can be
// read: the outcome stays unknown until down is unset.
type severedLog struct {
	eventlog.AuditLog
	next, down atomic.Bool
}

var errSevered = fmt.Errorf("the disk is away: %w", eventlog.ErrUnavailable)

func (l *severedLog) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	head, err := l.AuditLog.Append(ctx, s, expected, records...)
	if err == nil && event.IsThread(s) && l.next.CompareAndSwap(true, false) {
		l.down.Store(true)
		return eventlog.Head{}, fmt.Errorf("time-out: %w", eventlog.ErrUnknown)
	}
	return head, err
}

func (l *severedLog) Read(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	if l.down.Load() && event.IsThread(s) {
		return func(yield func(eventlog.Record, error) bool) { yield(eventlog.Record{}, errSevered) }
	}
	return l.AuditLog.Read(ctx, s, after)
}

// keyedWrites are the requests that accept an Idempotency-Key.
var keyedWrites = []request{
	{"POST", "/api/threads", "", `{"title":"새 글"}`, 201},
	{"PUT", "T/text?base=3", "", "둘\n셋\n", 200},
	{"PUT", "T/text?base=head", "", "하나\n", 200},
	{"POST", "T/versions", "", `{"name":"둘째","rev":2}`, 201},
	{"POST", "T/restore", "", `{"at":3,"rev":8}`, 200},
}

// send sends a request of a writer with a key, "" for none.
func (q request) send(t *testing.T, url, user, key string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(q.method, url+strings.Replace(q.path, "T/", "/api/threads/"+string(testThread)+"/", 1), strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Parodywave-User", user)
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// written counts the records of threads.
func written(t *testing.T, log eventlog.Log) (n eventlog.Revision) {
	t.Helper()
	heads, err := log.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		if event.IsThread(h.Stream) {
			n += h.Revision
		}
	}
	return n
}

// TestAnUnknownOutcomeIsAskedWithTheSameKey: the answer says that the outcome is unknown,
// and the same request with the same key, also to the next server, writes nothing
// twice. Without a key it does.
func TestAnUnknownOutcomeIsAskedWithTheSameKey(t *testing.T) {
	doubled := 0
	for _, q := range keyedWrites {
		for _, key := range []string{"a key", ""} {
			log := &severedLog{AuditLog: minutesLog(t)}
			_, url := start(t, log)
			before := written(t, log)
			log.next.Store(true)
			if status, body := q.send(t, url, "Ben", key); status != 503 || !strings.Contains(body, `"code":"unknown"`) {
				t.Errorf("%s %s with key %q: %d %s, want unknown", q.method, q.path, key, status, body)
			}
			log.down.Store(false)
			status, body := q.send(t, url, "Ben", key)
			for strings.Contains(body, `"code":"unavailable"`) { // the thread is being read again
				time.Sleep(time.Millisecond)
				status, body = q.send(t, url, "Ben", key)
			}
			n := written(t, log) - before
			if key == "" {
				doubled += int(n) - 1
				continue
			}
			if status != q.status || n != 1 {
				t.Errorf("%s %s again: %d %s, %d records", q.method, q.path, status, body, n)
			}
			_, next := start(t, log)
			if status, again := q.send(t, next, "Ben", key); status != q.status || q.method == "PUT" && again != body || written(t, log)-before != 1 {
				t.Errorf("%s %s to the next server: %d %s, before %s, %d records", q.method, q.path, status, again, body, written(t, log)-before)
			}
		}
	}
	if doubled == 0 {
		t.Error("without a key nothing is doubled, either")
	}
}

// TestAKeyIsForOneRequestOfOneAuthor: another request with it is refused, and other
// authors may use the same key.
func TestAKeyIsForOneRequestOfOneAuthor(t *testing.T) {
	log := minutesLog(t)
	_, url := start(t, log)
	for i, q := range keyedWrites[:3] {
		key := fmt.Sprint("key ", i)
		first, body := q.send(t, url, "Ben", key)
		if first != q.status {
			t.Fatalf("%s %s: %d %s", q.method, q.path, first, body)
		}
		before := written(t, log)
		other := q
		other.body = strings.NewReplacer("글", "책", "셋", "넷", "하나", "열").Replace(q.body)
		if status, body := other.send(t, url, "Ben", key); status != 400 || !strings.Contains(body, "Idempotency-Key was used") {
			t.Errorf("%s %s with another body: %d %s", q.method, q.path, status, body)
		}
		if n := written(t, log); n != before {
			t.Errorf("%s %s with another body: %d records", q.method, q.path, n-before)
		}
		if status, body := other.send(t, url, "Cem", key); status != q.status || written(t, log) != before+1 {
			t.Errorf("%s %s by another author: %d %s", q.method, q.path, status, body)
		}
	}
	if status, body := keyedWrites[0].send(t, url, "Ben", strings.Repeat("k", 256)); status != 400 {
		t.Errorf("a long key: %d %s", status, body)
	}
}

// TestAKeyRepeatsTheAnswerOfAWrite, whatever was written since.
func TestAKeyRepeatsTheAnswerOfAWrite(t *testing.T) {
	log := minutesLog(t)
	_, url := start(t, log)
	put := request{"PUT", "T/text?base=3", "", "둘\n셋\n", 200}
	_, first := put.send(t, url, "Ben", "key")
	before := written(t, log)
	request{"PUT", "T/text?base=head", "", "all is new\n", 200}.send(t, url, "Cem", "")
	if status, again := put.send(t, url, "Ben", "key"); status != 200 || again != first || written(t, log) != before+1 {
		t.Errorf("%d %s, before %s", status, again, first)
	}
}
