// Package server serves the threads of one log over HTTP and WebSocket: it hands
// the log to the rooms that do the work, puts their routes together, and serves
// the pages. It is handed a log and never opens one.
//
//	internal/live       WebSockets, threads in memory, presence, broadcasts
//	internal/api        HTTP answers
//	internal/authority  the single writer of one thread
//	internal/people     author names; identities become authors here
//	internal/wire       the protocol
//	intake, jsonrow     rules and rows that commands share with a server
//
// A start folds the records since a state was saved beside the log, or the whole
// log if there is no saved state. Identity is decided by package people and stamped
// by the authority: a client never sends an author.
package server
