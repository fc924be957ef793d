// Package intake says what a server accepts of texts, names, titles and exports
// that were made elsewhere, so that a command can check a file before it touches
// a log.
package intake

import "parodywave/server/internal/wire"

// ExportMost is the size limit of an export that is imported, in bytes.
const ExportMost = 1 << 30

var limits = wire.DefaultLimits()

// TextMost returns the size limit of a thread's text, in bytes of UTF-8.
func TextMost() int { return limits.Text }
