// Package client types into threads of a running server, as people's editors
// do: over real WebSockets, with nothing of the server in it.
//
// # Text mode
//
// A Client holds the text as it is for the person who types: everything that
// the stream brought, and on top of it what was typed and has not come back
// yet, the pending changes. It keeps to docs/protocol.md:
//
//   - Each Edit is one change with a seq of its own, counted from 1.
//   - One push is in flight. It holds what is pending, up to PushMax changes;
//     what is typed meanwhile waits for the next one.
//   - An entry of the stream with the client's own id and the seq of the first
//     pending change is that change come back: it is on disk. Any other entry
//     is carried over the pending changes, and they over it, one entry at a
//     time.
//   - A lost connection is made again after a growing pause, and resumed from
//     the last whole frame (since and chain). What is still pending once the
//     client has the head is pushed again; the server skips what it has.
//   - stale: what is missing is taken in first, then a smaller push follows.
//
// A Client trusts nobody: a revision that comes twice or not at all, an own
// entry that is not what rebasing made of it, a beacon with another digest
// than the text's, a log that is not the one it saw. Each ends the client with
// an error that says so.
//
// A Reader follows a thread and keeps no text. Readers of one thread share a
// Frames, which reads what several of them are sent in the same bytes once.
//
// # Line mode
//
// A LineClient sends what a line now reads. It keeps the lines as the server
// tells them and matches receipts to what was sent, in order. After a lost
// connection it joins again; what had no receipt by then is reported as lost
// to the one who sent it, who compares and decides.
//
// # Units
//
// Positions and lengths are UTF-16 code units, times are this machine's clock.
// All methods may be called concurrently; a callback runs in the goroutine that
// reads, in the order of the stream, and must not wait for its own client.
package client
