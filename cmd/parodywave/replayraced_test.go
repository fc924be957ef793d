//go:build race

package main

// raced: the race detector watches, and everything takes ten times as long. It
// sees this process only: what tests start is built without it. So make race
// runs all tests here without it, in full, and with it those, and as much of
// them, as it has something to see in.
const raced = true
