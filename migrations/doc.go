// Package migrations says how old bytes become new bytes, for ever.
//
// # Records
//
// A record carries its kind and a schema number. Upcast turns a record of any
// schema that was ever released into today's, one step of one schema at a
// time; package event calls it on every decode, so that no reader can skip it.
// What is hashed is the stored bytes, before upcasting, so an upcaster may
// never be needed to verify a chain.
//
// The ledger, kind by kind, is the table in upcast.go. Schema 1 of every kind
// came with the first release and is current.
//
// # Files
//
// testdata holds whole logs as released versions wrote them, frozen: a test
// opens each, reads every record, verifies the chain and compares the texts
// and blame with what stood beside them when they were frozen. They are added
// to and never changed.
package migrations
