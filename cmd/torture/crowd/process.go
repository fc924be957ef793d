package crowd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// FreeAddress returns an address, host:port, for a server that is killed and started
// again. No other process takes it meanwhile: on Linux each process has a loopback
// address of its own here. No other server of this process takes it, since each has
// another port. And no client connects to itself there, since the port lies below those
// that the system gives to outgoing connections. It may be called concurrently.
func FreeAddress() (string, error) {
	host := "127.0.0.1"
	if pid := os.Getpid(); runtime.GOOS == "linux" {
		host = fmt.Sprintf("127.%d.%d.%d", 64+pid>>16&63, pid>>8&255, pid&255)
	}
	for range 100 {
		address := fmt.Sprintf("%s:%d", host, 20_000+nextPort.Add(1)%10_000)
		if l, err := net.Listen("tcp", address); err == nil {
			return address, l.Close()
		}
	}
	return "", errors.New("no free port")
}

var nextPort atomic.Uint32

func init() { nextPort.Store(rand.Uint32N(10_000)) }

// Environ returns the environment without the program's settings.
func Environ() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PARODYWAVE_") {
			env = append(env, v)
		}
	}
	return env
}

// A Tail keeps the last 8 KiB that are written to it. Its methods may be called
// concurrently.
type Tail struct {
	mu   sync.Mutex
	data []byte
}

func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if n := len(t.data) - 8<<10; n > 0 {
		t.data = t.data[n:]
	}
	return len(p), nil
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}
