package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"time"

	"parodywave/cmd/torture/crowd"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection/snapshot"
	"parodywave/server"

	"github.com/klauspost/compress/zstd"
)

func init() {
	rows = append(rows, row{
		name: "cachedamage", fault: "bits flipped; pages zeroed, torn, swapped and overwritten; file cut (`cache.db`)", unit: "damages", lie: "wrong contents under right checksums",
		rounds: 20, lacks: nothing, outline: cacheDamage,
	})
}

// cacheDamage damages the cache, one damage at a time. A server that starts with it
// must answer as a server without a cache does: every text and its blame, now and
// halfway.
func cacheDamage(ctx context.Context, e *env) (o outcome, err error) {
	data, err := e.sample(ctx, &o, crowd.Size{Texts: 2, Each: 2, Lines: 1, Mixed: 1, Pause: 3 * time.Millisecond, Bulk: 600}, time.Duration(e.size(1500, 500))*time.Millisecond)
	if err != nil {
		return o, err
	}
	log, err := boltlog.Open(filepath.Join(data, "log.db"), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		return o, err
	}
	defer log.Close()
	sound, err := os.ReadFile(filepath.Join(data, "cache.db"))
	if err != nil {
		return o, err
	}
	path := filepath.Join(e.dir, "cache.db")
	want, err := answers(ctx, log, "")
	if err != nil {
		return o, err
	}
	s := newSpoiler(e.seed, sound, 256)
	for range e.size(100, 12) {
		if ctx.Err() != nil || e.control && o.lost > 0 {
			break
		}
		file, what := s.spoil()
		if e.control {
			file, what = forge(s.r, sound)
		}
		if file == nil {
			continue
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			return o, err
		}
		o.tried++
		have, err := answers(ctx, log, path)
		if err != nil {
			o.lose("%s: %v", what, err)
			continue
		}
		for i := range want {
			if have[i] != want[i] {
				o.lose("%s: the server answers\n%s\nand without a cache\n%s", what, have[i], want[i])
			}
		}
	}
	return o, nil
}

// answers starts a server on a log with the cache at path, if not empty, and returns
// its answers about every thread.
func answers(ctx context.Context, log *boltlog.Log, path string) (all []string, err error) {
	quiet := slog.New(slog.DiscardHandler)
	var cache *snapshot.Cache
	if path != "" {
		cache = snapshot.Open(ctx, path, log, quiet)
		defer cache.Close()
	}
	s, err := server.New(ctx, server.Config{Log: log.Store(), Cache: cache, Logger: quiet, Listen: "127.0.0.1:80", Version: "torture", Offline: true})
	if err != nil {
		return nil, err
	}
	defer s.Shutdown(ctx)
	heads, err := log.Streams(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		if !event.IsThread(h.Stream) {
			continue
		}
		for _, at := range []string{"", fmt.Sprintf("?at=%d", h.Revision/2+1)} {
			for _, what := range []string{"text", "blame"} {
				url := fmt.Sprintf("http://127.0.0.1/api/threads/%s/%s%s", h.Stream, what, at)
				w := httptest.NewRecorder()
				s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, url, nil))
				all = append(all, fmt.Sprintf("%s: %d: %s", url, w.Code, w.Body))
			}
		}
	}
	return all, nil
}

// forge returns a copy of a cache with one byte of each thread's snapshots altered and
// all checksums made right again: a server that checks none would read the same of a
// damaged file. The format is in the package comment of snapshot.
func forge(r *rand.Rand, sound []byte) (file []byte, what string) {
	const header, fixed, size, stream, sum, thread = 8 + 16 + 8, 54, 1, 53, sha256.Size, 1
	decoder, _ := zstd.NewReader(nil)
	defer decoder.Close()
	encoder, _ := zstd.NewWriter(nil)
	defer encoder.Close()
	file = slices.Clone(sound[:header])
	altered := 0
	for from := header; from+fixed < len(sound); {
		head := fixed + int(sound[from+stream])
		n := int(binary.BigEndian.Uint32(sound[from+size:]))
		end := from + head + 4 + n + sum
		payload, err := decoder.DecodeAll(sound[from+head+4:][:n], nil)
		if sound[from] != thread || err != nil || len(payload) == 0 {
			file = append(file, sound[from:end]...)
			from = end
			continue
		}
		payload[r.IntN(len(payload))] ^= 1
		payload = encoder.EncodeAll(payload, nil)
		frame := slices.Clone(sound[from:][:head])
		binary.BigEndian.PutUint32(frame[size:], uint32(len(payload)))
		frame = binary.BigEndian.AppendUint32(frame, crc32.Checksum(frame, crc32.MakeTable(crc32.Castagnoli)))
		frame = append(frame, payload...)
		digest := sha256.Sum256(frame)
		file = append(append(file, frame...), digest[:]...)
		altered++
		from = end
	}
	return file, fmt.Sprintf("a byte altered in each of %d snapshots", altered)
}
