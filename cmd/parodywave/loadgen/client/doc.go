// Package client is a client in text mode for load tests and crash tests: it
// types over real WebSockets, as a browser does, and shares no code with the
// server.
//
// A Client holds the text as its user sees it: all entries of the stream, and on
// top the pending changes, which are typed and have not come back yet. It follows
// docs/protocol.md:
//
//   - Each Edit is one change with a seq of its own, counted from 1.
//   - One push is in flight. It holds up to PushMax pending changes; changes
//     typed meanwhile wait for the next push.
//   - An entry with the client's own id and the seq of the first pending change
//     is that change come back: it is on disk. Any other entry is rebased over
//     the pending changes, and they over it, one entry at a time.
//   - A lost connection is made again after a growing pause, and resumed from
//     the last whole frame (since and chain). Changes that are still pending
//     once the client has the head are pushed again; the server skips those it
//     has.
//   - stale: the client first receives the missing entries, then sends a smaller
//     push.
//
// A Client checks the server: a revision that comes twice or not at all, an own
// entry that differs from the rebased change, a beacon whose digest is not the
// text's, a different log than before. Each of these ends the client with an error.
//
// A Reader follows a thread and keeps no text. Readers of one thread share a
// Frames, which decodes a frame once that several of them receive.
//
// Positions and lengths are UTF-16 code units, times are of this machine's clock.
// All methods may be called concurrently; a callback runs in the goroutine that
// reads, in the order of the stream, and must not wait for its own client.
package client
