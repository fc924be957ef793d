package crowd

import (
	"context"
	"errors"
	"io"
	"net"
	"syscall"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"

	"github.com/gorilla/websocket"
)

// Again calls connect until it has a connection, as a browser does. A busy machine may
// take longer for a handshake than a server waits for its headers (serve: 5 s), and the
// server then resets the connection. That is no verdict about the server.
//
// An error is final if nobody listens at the address, if the server has refused the
// client, if ctx is done, or after five minutes: then the server hangs.
func Again[T any](ctx context.Context, connect func() (T, error)) (T, error) {
	for end := time.Now().Add(5 * time.Minute); ; {
		x, err := connect()
		if err == nil || !lost(err) || ctx.Err() != nil || time.Now().After(end) {
			return x, err
		}
		sleep(ctx, 20*time.Millisecond)
	}
}

// Dial is client.Dial, Again.
func Dial(ctx context.Context, o client.Options) (*client.Client, error) {
	return Again(ctx, func() (*client.Client, error) { return client.Dial(ctx, o) })
}

// DialSocket makes a WebSocket that nobody reads, Again.
func DialSocket(ctx context.Context, url string) (*websocket.Conn, error) {
	return Again(ctx, func() (*websocket.Conn, error) {
		conn, _, err := websocket.DefaultDialer.DialContext(ctx, client.Endpoint(url), nil)
		return conn, err
	})
}

// lost reports whether an error is of a connection that was lost.
func lost(err error) bool {
	var op *net.OpError
	var closed *websocket.CloseError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return false
	case errors.As(err, &op), errors.As(err, &closed):
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}
