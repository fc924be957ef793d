package sample

import "testing"

func TestHeld(t *testing.T) {
	if !Held(3) || Held(4) {
		t.Error("Held")
	}
	Loose(4)
}
