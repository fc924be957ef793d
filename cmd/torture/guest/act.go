package main

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"
)

// typingTime is how long the crowd types before and after each jump.
const typingTime = 1500 * time.Millisecond

// act lets the crowd type until the power is cut, or until the clock has jumped as the
// host wants.
func act(c *crowd.Crowd, param map[string]string) error {
	if param["jumps"] == "" {
		select {}
	}
	for jump := range strings.SplitSeq(param["jumps"], ",") {
		d, err := time.ParseDuration(jump)
		if err != nil {
			return err
		}
		time.Sleep(typingTime)
		fmt.Println("CLOCK", time.Now().UnixMilli())
		now := syscall.NsecToTimeval(time.Now().Add(d).UnixNano())
		if err := syscall.Settimeofday(&now); err != nil {
			return fmt.Errorf("set the clock: %w", err)
		}
		fmt.Println("CLOCK", time.Now().UnixMilli())
	}
	time.Sleep(typingTime)
	c.Leave()
	fmt.Println("JUMPED")
	return nil
}
