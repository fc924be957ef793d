// Package strictjson reads JSON (RFC 8259) without building or repairing
// anything. It is for the protocol, the export and the load generator, which must
// distinguish texts that encoding/json reads alike.
//
//   - encoding/json replaces lone surrogates and invalid UTF-8 by U+FFFD. Here
//     the input must be valid UTF-8, which the caller checks, and the Flaws of
//     a string say that it holds half of a surrogate pair.
//   - encoding/json compares names without case and takes the last of several
//     members with one name. Here the caller gets every name as it is written.
//   - encoding/json reads 1e3 or 1.0 into an integer's place with an error that
//     depends on the type. Here an integer is what CutUint accepts: 0 to 2^53-1
//     in digits alone.
//
// It reads a push, the most frequent frame, in a third to a half of encoding/json's
// time, and allocates nothing.
//
// A method of Scanner that returns false or nil has found something else, at Offset;
// the Scanner must not be used after that.
package strictjson
