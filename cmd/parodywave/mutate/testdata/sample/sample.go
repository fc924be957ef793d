// Package sample has one function that its test holds and one that it does not.
package sample

func Held(n int) bool { return n == 3 }

func Loose(n int) bool { return n == 4 }
