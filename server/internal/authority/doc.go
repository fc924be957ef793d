// Package authority is the single writer of one thread. One goroutine owns all
// of its state, and no race is retried. While that goroutine waits for the disk it
// lends the state to readers, one after the other (see A slow disk).
//
// # An edit
//
// A caller submits a request. In its goroutine the authority checks whether it
// has logged the edit already, by (client, seq); rebases it entry by entry over
// what was logged since the client's revision; validates it against the text;
// folds it into the projection; and appends it. While an append waits for the
// disk, requests collect, and the next append takes all of them: batches grow
// with the load.
//
// The projection is ahead of the disk by at most one batch, because the second
// edit of a batch must be validated against the first. No client can see this:
// a request that asks for the state (a join, a view) is answered between
// batches, and nothing of a batch is sent before its append has returned.
//
// # A slow disk
//
// A sync may take seconds. A reader that has waited for a tenth of a second is
// served beside the append that is in flight, with the thread at the revision
// before the batch, folded from the log. Whoever joins then is sent the batch when
// it is durable, like everybody else. Edits, and peers that wait for the receipts
// of theirs, keep their turn. A keystroke costs nothing more for this.
//
// # Beside
//
// The goroutine does only what is bounded by the edit at hand. It counts steps: sections
// of changes that it compares with others. A request that would take more than costMax
// is refused as stale, and the goroutine reads the log only after a failed append.
// Where a request needs entries that are not in memory, or many steps, its sender does
// that part first, with a worker of a pool (past.go): it carries a push on to the newest
// durable revision, looks up a line as it was, or compares a chain value. The
// goroutine does the rest, over the entries since then. If these are no longer in memory
// by then, the request is stale, too.
//
// # An announcement
//
// A batch that is on disk is announced once to the Room: to whatever counts,
// lists or saves. Then its entries go to the peers in text mode, and what the
// lines now read to those in line mode. A rate limit decides how often that
// happens in a crowd.
//
// # A failed append
//
// After an append that returns an error the authority reads from the log what
// became of it. If the batch is there, it is announced as usual. If not, the
// state is folded again from the log, what another writer has put there is
// announced, and the senders get an error that has them send again. A resend is
// recognised by (client, seq) if the first attempt was logged after all.
//
// # Two modes
//
// Text mode is sent the entries of the log, line mode what the lines now read.
// A client in line mode is served by a virtual client in this package: a view
// of its current line, and a bridge from this view to the text (view.go).
//
// # Claims
//
// A push may claim that a change brings text back. The authority asks its memory of
// what the newest records deleted (package claims), and states what holds in the
// record. The memory is empty after a restart: a claim on text that it does not have is
// dropped, except that one on text that a redaction may have replaced since is refused.
//
// # What is injected
//
// The log, the clock, timers, new ids, the Room and the Peers. The package
// imports neither net/http nor a socket, so that the simulation test can run
// years of a hostile network in seconds.
package authority
