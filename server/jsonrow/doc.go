// Package jsonrow has the rows that HTTP answers hold and commands print as JSON:
// one declaration for both, so that a script can read either.
//
// Lines and characters count from 1. Times are RFC 3339 in UTC with
// milliseconds, but for those of Thread and Reversal, which are Unix
// milliseconds as on the wire. Fields are only ever added.
package jsonrow
