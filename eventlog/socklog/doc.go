// Package socklog reads a log through a running server: commands use the server's
// control socket, since the server has the log file locked.
//
// Handler is the server's end. New returns the client's end, a read-only
// eventlog.AuditLog; the error of its Append wraps eventlog.ErrUnavailable, since
// writes go through the server's commands. The contract holds across the socket:
// slow readers delay nothing, errors match with errors.Is, and Prove recomputes the
// chain at the client's end too.
//
// # Requests
//
// All are GET, below the path at which the handler is mounted. Stream names are
// escaped as in any URL.
//
//	/log/streams                    heads
//	/log/head?stream=S              one head
//	/log/chain?stream=S&at=N        a chain value
//	/log/read?stream=S&after=N      groups
//	/log/prove?stream=S&after=N     a chain value, then groups with salts; nothing if there are no records
//	/log/scan?after=N               groups
//
// # Answers
//
// The header Parodywave-Log holds the number of this protocol, 1. The body is a
// sequence of frames: type[1] | u32 length | payload, integers big endian.
//
//	'H'  heads   n × ( u8 len,stream | u64 revision | i64 time | C[32] )
//	'C'  chain   u64 revision | C[32]
//	'G'  group   see package pack; the positions of other streams are holes, and L
//	             is zero. C in the directory is zero except in the answer to prove
//	'E'  error   code[1] | message: nothing follows
//	'Z'  end     empty; an answer without it was cut off
//
// Codes: 'n' not found, 'd' damaged, 'c' closed, 'u' unavailable, 'o' other.
package socklog
