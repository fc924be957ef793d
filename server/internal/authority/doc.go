// Package authority is the single writer of one thread. One goroutine owns
// all its state; nothing is shared and nothing is retried around a race.
//
// # An edit
//
// Submit a request; the authority, in its goroutine: was it seen (client,
// seq)? → rebase it entry by entry over what the log has since → validate it
// against the text → fold it into the projection → append → publish. While an
// append waits for the disk, requests collect, and the next append takes them
// all: a batch grows with the load.
//
// The projection runs ahead of the disk by one batch at most, since the second
// edit of a batch must be validated against the first. Nobody can see it:
// whoever asks for the state (a join, a view) is answered between batches, and
// everything that a batch says to peers is said after its append returned. An
// append that fails, in whichever way, throws the state away: it is read again
// from the log, what is there is published, and the senders are told to send
// again; a resend that had arrived after all is recognised by (client, seq).
//
// # Two modes
//
// Text mode is streamed the log's entries, line mode what the projection now
// says. A line-mode client is served by a virtual client here: a view of its
// current line and the bridge from that view to the text (view.go).
//
// # What is injected
//
// The log, the clock, timers, new ids and the way to the peers. The package
// never imports net/http or a socket, so that the simulation test can run
// years of hostile network in seconds.
package authority
