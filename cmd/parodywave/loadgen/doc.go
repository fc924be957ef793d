// Package loadgen is the load generator of parodywave loadtest: it types into
// many threads of a running server at once, measures how long each edit takes to
// reach the other clients, and counts lost edits.
//
// In each thread some writers type single characters at a steady rate, each at a
// caret that sometimes jumps, and some readers only receive. Writers receive,
// too. A writer is a client.Client, which keeps the text and rebases changes. A
// reader is a client.Reader, which keeps no text, so that a thousand readers
// leave the processor to the server.
//
//   - latency: from the keystroke to the moment at which another client has
//     read and decoded the frame that carries the edit. Both clocks are of one
//     process.
//   - last: from the keystroke until all other clients have the edit.
//   - acknowledgement: from the keystroke until the writer's own edit comes
//     back, which means that it is on disk.
//   - lost: edits that a client never received; duplicated: received twice;
//     reordered: received after a later edit of the same writer or, at a
//     reader, after a later revision. The log is checked in the same way.
//   - differing texts: clients whose final text is not the server's, and
//     readers that received other entries than a client with the server's text.
//     A reader has no text to compare; so every connection sums a digest of each
//     entry's text, author, time and revision, and the sums are compared.
//
// The first second is not measured. Where /proc allows it, the report includes
// the processor time of the server, of this process and of all others: on a busy
// machine the latencies mean little.
//
// The rate can be raised in steps, on the same connections, until a step does
// not hold: writers typed less than 95 percent of the planned edits, the 99th
// percentile exceeds a bound, or edits are missing.
//
// Run (run.go) carries out a Plan (plan.go) and returns a Report (report.go). step.go
// types at one rate, tally.go finds lost edits, logged.go reads the log back.
package loadgen
