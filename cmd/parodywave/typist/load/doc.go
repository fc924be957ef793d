// Package load types into many threads of a running server at once, measures
// how long an edit takes to everybody else, and counts what got lost.
//
// In each thread a number of writers type single characters at a steady rate,
// each at a caret that now and then jumps, and readers look on; writers read,
// too. A writer is a typist.Client: it keeps a text, and carries changes over
// one another. A reader is a typist.Reader, which keeps none, so that a
// thousand of them leave the processor to the server.
//
//   - latency: from the keystroke to the moment at which another client has
//     read and decoded the frame that brings it. One process takes both times.
//   - last: from the keystroke until all others have it.
//   - acknowledgement: from the keystroke until it comes back to who typed it,
//     which says that it is on disk.
//   - lost: edits that a client should have been brought and was not, in the
//     end; duplicated: brought twice; reordered: brought after a later one of
//     the same writer or, at a reader, after a later revision. What is in the
//     log is counted in the same way.
//   - differing texts: clients whose text is not the server's at the end, and
//     readers that were brought other entries than a client whose text is: both
//     add up digests of all that each entry says, its text, author, time and
//     revision.
//
// The first second is not measured. Where /proc tells, the processor time that
// the server, this process and everybody else used is reported beside it: on a
// machine that is busy otherwise the latencies say little.
//
// The rate may be raised in steps, on the same connections, until one step does
// not hold: writers typed less than 95 percent of what they were to, the 99th
// percentile is above a bound, or something is missing.
package load
