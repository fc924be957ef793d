// Package ndjson writes a thread as a file that can be checked by itself, and
// reads such a file, refusing whatever does not verify.
//
// # File
//
// UTF-8, one JSON object a line. The lines of a thread's records stand in
// order of revision, from 1:
//
//	{"v":1,"stream":S,"revision":R,"time":T,"author":A,"client":C,"seq":N,
//	 "kind":K,"schema":N,"shape":…,"text":[…],"salt":B,"chain":H}
//
// (on one line). S is the stream; T is in Unix milliseconds; A and C are ULIDs,
// C is 26 zeros where there is no client; the shape is JSON itself, its bytes,
// without white space, are what the chain covers; text is the list of the
// record's strings; B is the record's salt in standard base64 with padding, ""
// where there is no text; H is C_R (package chain) in 64 lower-case hexadecimal
// digits. A record whose text was blacked out has, before "chain",
//
//	"commitment":H
//
// which is the commitment to the text as first written; its text is the black
// one and its salt that of the black one.
//
// Before the first record of an author whose name is known stands
//
//	{"v":1,"author":A,"name":N,"kind":K}
//
// and the last line is
//
//	{"v":1,"end":true,"stream":S,"revisions":R,"head":H}
//
// where H is the chain value of the last record, revision R.
//
// # What a reader checks
//
// Every line: its fields are these, each once, and no other; integers are
// written as such, between 0 and 2^53-1; strings are Unicode text without lone
// surrogates. The order of fields and white space between them do not matter.
// The file: revisions without gap, times that do not descend, names where they
// belong and once, the end line, and nothing after it. The chain: the
// commitment of every record from its text and salt, and every C. The
// redactions: the text of a record that was blacked out is what the latest
// redacted record that names it commits to, and a record that a redacted
// record names is blacked out. A record must be one that package event decodes.
//
// # What it cannot show
//
// Names are not under the chain, so that they can be erased: they are as true
// as whoever hands over the file. Nor does a file show that the thread did not
// go on, or that all of it was not made up: an import vouches for itself only.
package ndjson
