package snapshot

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
)

// TestThreadsThatAreLeftAreCountedNoFurther: there may be many of them, each with
// few edits.
func TestThreadsThatAreLeftAreCountedNoFurther(t *testing.T) {
	c := &Cache{index: newIndex()}
	c.meter.every, c.meter.due = every, map[eventlog.Stream]*due{}
	c.writer.wake = make(chan struct{}, 1)
	const threads, little = 1000, 300
	name := func(i int) eventlog.Stream { return eventlog.Stream(fmt.Sprintf("01J9Z4000000000000000%05d", i)) }
	for i := range threads {
		c.appended(name(i), 0, little, 3)
		c.Idle(name(i))
	}
	if n := len(c.meter.due); n > 0 {
		t.Errorf("%d threads are counted that nobody is in", n)
	}
	// A thread that was counted before is counted again, by its records.
	const records = every / idleShare / recordBytes
	c.appended(name(0), records, little, 3)
	if c.Idle(name(0)); len(c.writer.threads) != 1 {
		t.Errorf("%d threads are to be saved, want the one with %d records", len(c.writer.threads), records)
	}
}
