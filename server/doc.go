// Package server puts HTTP and WebSocket around the authorities of threads.
//
// It is handed a log and never opens one. At start it folds the whole log into
// the directory of threads, the authors and the connections; a thread itself
// is folded again from its stream when somebody joins it, and kept while
// somebody is there. Every edit goes through the one authority of its thread
// (internal/authority), what goes over the wire is said in internal/wire.
//
// A connection has one goroutine that reads, and one that writes while there
// is something to write. What waits for a peer is bounded: one that cannot
// keep up is closed with 1013 and resumes from where it was. A frame for many
// is encoded once.
//
// Identity is decided in one place, who.go; the authority receives an author
// and a client never sends one.
package server
