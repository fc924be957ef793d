// Package names says which titles, author names and version names a log accepts, and
// how one that somebody types is compared with those that a log has.
//
// # Form
//
// A name is in Unicode normal form NFC, has no white space at its ends, has at least one
// visible character, and has no control character, no separator of lines or paragraphs,
// and no character that overrides the reading order of the text behind it. A title has
// at most TitleMost characters (code points), other names AuthorMost and VersionMost.
// The name of a version must not read as a revision, as a moment (Moment) or as an
// option: it is not all digits, begins with no dash and has no @.
//
// Clean brings a name into this form, or says what is wrong with it. A name that is in
// this form is its own Clean. Programs before this rule stored other names, and an
// import brought some: they are shown as they are. Only new ones are refused.
//
// # Comparison
//
// Where a name is asked for, an equal one comes first. If there is none, names are the
// same that have the same Key: 한글 as macOS spells it is 한글, and minutes is Minutes.
//
// All functions are safe for concurrent use.
package names
