// Package migrations converts old bytes to new bytes, permanently.
//
// # Records
//
// A record has a kind and a schema number. Upcast converts a record of any released
// schema to the current one, one schema at a time; package event calls it on every
// decode, so that no reader can skip it. The chain hashes the stored bytes, before
// upcasting, so verifying a chain never needs an upcaster.
//
// The table in upcast.go lists the steps of each kind. Schema 1 of every kind came
// with the first release and is current. Schema 2 of changed states where inserted text
// comes from; a change that states nothing is schema 1, which stays current, too.
//
// # Files
//
// The file of a log has a version. FileSteps convert an older file to the current
// version; boltlog.Migrate applies them after a backup. Version 1 came with the first
// release; version 2 added sealed blocks, and version 3 marks of where the log ends.
//
// # Frozen bytes
//
// testdata has whole logs as released versions wrote them. A test opens each, reads
// every record, verifies the chain and compares texts and blame with the expected
// ones, and does so again after migrating and compacting. Logs are added, and never
// changed.
package migrations
