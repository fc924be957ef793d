// Package strictjson reads JSON (RFC 8259) without building or repairing
// anything. It serves the readers that must tell two texts apart which
// encoding/json reads alike: the protocol, the export and the load generator.
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
// It reads a push, the frame of which a server reads the most, in a half to a
// third of encoding/json's time, and allocates nothing.
//
// A Scanner moves over the input; a method that returns false has met something
// else, at Offset, and the Scanner is of no more use.
package strictjson
