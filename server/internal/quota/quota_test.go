package quota

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func from(address string) *http.Request { return &http.Request{RemoteAddr: address} }

// TestAnAddressHasOneQuota: all clients of an address share it, and no other address is
// affected.
func TestAnAddressHasOneQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Limits{Sockets: 2, Opens: 1, OpensBurst: 3, Written: 10, WrittenBurst: 100})
		for _, same := range [][2]string{{"192.0.2.7:1", "192.0.2.7:2"}, {"[::ffff:192.0.2.8]:1", "192.0.2.8:2"}, {"[2001:db8::1]:1", "[2001:db8::ffff]:2"}} {
			a, b, other := q.Of(from(same[0])), q.Of(from(same[1])), q.Of(from("198.51.100.1:1"))
			release, ok := a.Socket()
			_, two := b.Socket()
			_, three := a.Socket()
			if !ok || !two || three {
				t.Errorf("%v: sockets %t %t, and a third %t", same, ok, two, three)
			}
			release()
			if _, ok := b.Socket(); !ok {
				t.Errorf("%v: a socket that has ended still counts", same)
			}
			for range 3 {
				if !a.Open() {
					t.Errorf("%v: a thread is refused", same)
				}
			}
			if b.Open() || !other.Open() {
				t.Errorf("%v: a fourth thread is begun, or another address pays for it", same)
			}
			if !a.Write(90) || b.Write(20) {
				t.Errorf("%v: bytes are not counted together", same)
			}
			time.Sleep(10 * time.Second)
			if !b.Open() || !b.Write(20) {
				t.Errorf("%v: nothing comes back", same)
			}
			if !a.Write(1000) { // a single edit of any size is possible at rest
				time.Sleep(time.Minute)
				if !a.Write(1000) {
					t.Errorf("%v: a large edit is never possible", same)
				}
			}
		}
	})
}

// TestTheMachineItselfHasAnyNumberOfSockets: a proxy comes from there with all its clients.
func TestTheMachineItselfHasAnyNumberOfSockets(t *testing.T) {
	q := New(Limits{Sockets: 1})
	for _, addr := range []string{"127.0.0.1:9", "127.3.4.5:9", "[::1]:9", "@"} {
		for range 5 {
			if _, ok := q.Of(from(addr)).Socket(); !ok {
				t.Errorf("%s is limited", addr)
			}
		}
	}
}

// TestAddressesAreForgotten: whoever comes from many addresses does not fill the memory.
func TestAddressesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := New(Default())
		release, _ := q.Of(from("192.0.2.1:1")).Socket()
		for i := range 10 * many {
			q.Of(from(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)))
			if i%many == many-1 {
				time.Sleep(rest + time.Second)
			}
		}
		if n := len(q.addresses); n > 2*many {
			t.Errorf("%d addresses are remembered", n)
		}
		release()
	})
}
