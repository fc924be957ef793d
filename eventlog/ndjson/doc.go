// Package ndjson writes a thread as a file that verifies by itself, and reads such a
// file, refusing everything that does not verify.
//
// # File
//
// The file is UTF-8 with one JSON object a line. It has a line for each record of
// the thread, in order of revision, from 1:
//
//	{"v":1,"stream":S,"revision":R,"time":T,"author":A,"client":C,"seq":N,
//	 "kind":K,"schema":N,"shape":…,"text":[…],"salt":B,"chain":H}
//
// (on one line). S is the stream; T is in Unix milliseconds; A and C are ULIDs,
// C is 26 zeros if there is no client; the shape is JSON itself, and the chain covers
// its bytes without white space; text is the list of the record's strings; B is the
// record's salt in standard base64 with padding, "" if there is no text; H is C_R
// (package chain) in 64 lower-case hexadecimal digits. A record whose text was
// redacted has, before "chain",
//
//	"commitment":H
//
// which is the commitment to the text as first written; its text and salt are those
// of the redacted text.
//
// If the name of an author is known, the author's first record follows the line
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
// In every line: these fields, each once, and no other; integers from 0 to 2^53-1 in
// digits alone; strings that are Unicode text without lone surrogates. The order of
// fields and the white space between them do not matter. In the file: revisions
// without gaps, times that do not decrease, each name once and in its place, the end
// line, and nothing after it. The chain: the commitment of every record from its
// text and salt, and every C. The redactions: the latest redacted record that names
// a redacted record commits to its text, and every record that a redacted record
// names is redacted. Package event must be able to decode every record.
//
// # Salvaged exports
//
// A log with damage still has records of a thread behind the damage. They follow the
// end line, after a line for each gap:
//
//	{"v":1,"gap":true,"stream":S,"from":R,"to":R,"why":W}
//
// Revisions from to to are missing, or none is, if to is from-1: then nothing proves
// that the records behind the gap follow those before it. W says why, in English.
// Record lines and author lines follow as before the end line, revisions without gaps
// from to+1 on. A record's "chain" is "" if it is unknown, its "salt" is "" also beside
// a text if it is lost. The last line of the file is
//
//	{"v":1,"salvaged":N,"gaps":N,"stream":S}
//
// with the numbers of records and gaps behind the end line. For example, the file of a
// thread of 90 revisions whose revisions 41 to 57 are damaged has records 1 to 40, the end
// line of revision 40, a gap from 41 to 57, records 58 to 90, and "salvaged":33. Without
// an intact revision 1, the file has no end line and begins with a gap.
//
// An import takes the records before the end line, which verify as in any export. It
// leaves out the others: a change cannot be applied to a text that nobody knows. They
// are checked as far as possible: a chain value that is given, after a record whose
// chain value is given, must be right.
//
// # Times of the future
//
// A reader accepts every time. An import brings those that are later than now to now,
// because later records of the thread would get such a time, too. The records' chain
// differs from the file's from there on; the record of the import has the file's.
//
// # What it cannot show
//
// The chain does not cover names, so that they can be erased: they are only as
// trustworthy as the source of the file. A file also cannot show whether the thread
// continued, or whether all of it was made up: an import vouches only for itself.
package ndjson
