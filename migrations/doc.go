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
// The file of a log has a version. FileSteps are what turns an older one into
// today's; package boltlog takes them, after a backup, when it is told to migrate.
// Version 1 came with the first release; version 2 added sealed blocks.
//
// # Frozen bytes
//
// testdata holds whole logs as released versions wrote them, frozen: a test
// opens each, reads every record, verifies the chain and compares the texts
// and blame with what stood beside them when they were frozen, and again when it
// has been migrated and compacted. They are added to and never changed.
package migrations
