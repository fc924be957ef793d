package main

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"parodywave/cmd/torture/crowd"
)

// typingTime is how long the crowd types before and after each jump.
const typingTime = 1500 * time.Millisecond

// act lets the crowd type until the power is cut, until its time is over, or until the
// clock has jumped as the host wants.
func act(c *crowd.Crowd, param map[string]string) error {
	switch {
	case param["settle"] != "":
		return settle(c, param["settle"])
	case param["jumps"] != "":
		return jump(c, param["jumps"])
	}
	select {}
}

// settle lets the crowd type for a time, at least until the bad network has done
// something, and waits until all clients have all entries.
func settle(c *crowd.Crowd, typing string) error {
	d, err := time.ParseDuration(typing)
	if err != nil {
		return err
	}
	time.Sleep(d)
	for again, early := tcpCounts(); again == 0 || early == 0; again, early = tcpCounts() {
		time.Sleep(100 * time.Millisecond)
	}
	if err := c.Settle(context.Background()); err != nil {
		return err
	}
	c.Leave()
	again, early := tcpCounts()
	fmt.Println("SETTLED", again, early)
	return nil
}

// jump sets the clock forwards and back, and lets the crowd type in between.
func jump(c *crowd.Crowd, jumps string) error {
	for jump := range strings.SplitSeq(jumps, ",") {
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
