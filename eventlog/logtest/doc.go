// Package logtest is the contract of eventlog.AuditLog as a suite: Run holds a
// log to it, one subtest an obligation. Failing is its counterpart: it tells which
// obligations a log breaks, so that a deliberately wrong log can show that the
// suite would notice.
//
// Flaky and AckEarly are logs for tests of those who use a log: the one fails as a
// disk or a network can, the other breaks the promise of durability.
//
// The expected chain values come from a computation of its own (oracle.go), which
// shares nothing with package chain.
package logtest
