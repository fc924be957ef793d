// Package logtest is the contract of eventlog.AuditLog as a test suite: Run checks a
// log, with one subtest for each obligation. Failing returns the obligations that a
// log breaks, so that a deliberately wrong log shows that the suite notices.
//
// Flaky and AckEarly are logs for tests of code that uses a log: Flaky fails as a
// disk or a network can, AckEarly breaks the promise of durability.
//
// The expected chain values come from a separate computation (oracle.go), which shares
// no code with package chain.
package logtest
