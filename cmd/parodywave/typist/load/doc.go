// Package load types into many threads of a running server at once, measures
// how long an edit takes to everybody else, and counts what got lost.
//
// Every connection is a typist.Client: a WebSocket, a text of its own, changes
// carried over one another. In each thread a number of writers type single
// characters at a steady rate, each at a caret that now and then jumps, and
// readers look on; writers read, too.
//
//   - latency: from the keystroke to the moment at which another client has
//     read and decoded the frame that brings it. One process takes both times.
//   - acknowledgement: from the keystroke until it comes back to who typed it,
//     which says that it is on disk.
//   - lost: edits that a client should have been brought and was not, in the
//     end; duplicated: brought twice; reordered: brought after a later one of
//     the same writer. What is in the log is counted in the same way.
//   - differing texts: clients whose text is not the server's at the end.
//
// The first second is not measured. Where /proc tells, the processor time that
// the server, this process and everybody else used is reported beside it: on a
// machine that is busy otherwise the latencies say little.
package load
