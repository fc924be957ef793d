// Package warn logs what clients cause. A client can cause the same warning as often as it
// likes, and put what it likes into it: each kind of warning is logged once a minute, with
// how often it happened since, and no text of a client is longer than 120 bytes. slog
// escapes what is not printable.
package warn

import (
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	pause = time.Minute // between two warnings of a kind
	most  = 120         // bytes of a text
	kinds = 64          // that are distinguished; all others are one
)

// Warnings logs warnings. Its methods may be called concurrently.
type Warnings struct {
	logger *slog.Logger

	mu   sync.Mutex
	seen map[string]*kind
}

type kind struct {
	times int       // since the last warning
	quiet time.Time // before which nothing is logged
}

// New returns Warnings that go to a logger.
func New(logger *slog.Logger) *Warnings {
	return &Warnings{logger: logger, seen: map[string]*kind{}}
}

// Warn logs a message, which says the kind, and its attributes, unless a message of this
// kind was logged less than a minute ago.
func (w *Warnings) Warn(message string, attributes ...any) {
	times := w.count(message)
	if times == 0 {
		return
	}
	for i, a := range attributes {
		if s, ok := a.(string); ok {
			attributes[i] = cut(s)
		}
	}
	if times > 1 {
		attributes = append(attributes, "times", times)
	}
	w.logger.Warn(message, attributes...)
}

// count counts a warning. It returns how many there were since the last one that was
// logged, 0 if nothing is to be logged.
func (w *Warnings) count(message string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.seen[message]
	if k == nil {
		if len(w.seen) >= kinds {
			message = ""
		}
		if k = w.seen[message]; k == nil {
			k = &kind{}
			w.seen[message] = k
		}
	}
	k.times++
	now := time.Now()
	if now.Before(k.quiet) {
		return 0
	}
	n := k.times
	k.times, k.quiet = 0, now.Add(pause)
	return n
}

func cut(s string) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
