//go:build race

package main

// raced: the race detector watches, and times say nothing.
const raced = true
