package socklog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const (
	protocol = "1"
	header   = "Parodywave-Log"

	frameHeads = 'H'
	frameChain = 'C'
	frameGroup = 'G'
	frameError = 'E'
	frameEnd   = 'Z'

	maxFrame = 256 << 20
)

func writeFrame(w io.Writer, kind byte, payload []byte) error {
	h := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	if _, err := w.Write(h); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

// readFrame returns the next frame, in new memory. It returns an error frame as its
// error.
func readFrame(r io.Reader) (kind byte, payload []byte, err error) {
	var h [5]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, nil, cutOff(err)
	}
	n := binary.BigEndian.Uint32(h[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("answer holds a frame of %d bytes", n)
	}
	var b bytes.Buffer // grows with the bytes that arrive, not to the announced length
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		return 0, nil, cutOff(err)
	}
	if h[0] == frameError {
		return 0, nil, decodeError(b.Bytes())
	}
	return h[0], b.Bytes(), nil
}

func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("answer was cut off: %w", eventlog.ErrUnavailable)
	}
	return err
}

// codes are the errors that match with errors.Is at the client's end.
var codes = map[byte]error{
	'n': eventlog.ErrNotFound,
	'd': eventlog.ErrDamaged,
	'c': eventlog.ErrClosed,
	'u': eventlog.ErrUnavailable,
}

func encodeError(err error) []byte {
	code := byte('o')
	for c, e := range codes {
		if errors.Is(err, e) {
			code = c
		}
	}
	return append([]byte{code}, err.Error()...)
}

// A remoteError is an error of the other end.
type remoteError struct {
	message string
	is      error
}

func (e *remoteError) Error() string { return e.message }
func (e *remoteError) Unwrap() error { return e.is }

func decodeError(b []byte) error {
	if len(b) == 0 {
		return errors.New("answer holds an error without a code")
	}
	return &remoteError{string(b[1:]), codes[b[0]]}
}

func appendHead(b []byte, h eventlog.Head) []byte {
	b = append(b, byte(len(h.Stream)))
	b = append(b, h.Stream...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Revision))
	b = binary.BigEndian.AppendUint64(b, uint64(h.Time))
	return append(b, h.Chain[:]...)
}

func decodeHeads(b []byte) (heads []eventlog.Head, err error) {
	for len(b) > 0 {
		n := 1 + int(b[0])
		if len(b) < n+48 {
			return nil, fmt.Errorf("answer holds a head of %d bytes", len(b))
		}
		heads = append(heads, eventlog.Head{
			Stream:   eventlog.Stream(b[1:n]),
			Revision: eventlog.Revision(binary.BigEndian.Uint64(b[n:])),
			Time:     int64(binary.BigEndian.Uint64(b[n+8:])),
			Chain:    chain.Digest(b[n+16:]),
		})
		b = b[n+48:]
	}
	return heads, nil
}

func encodeChain(at eventlog.Revision, c chain.Digest) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), c[:]...)
}

func decodeChain(b []byte) (eventlog.Revision, chain.Digest, error) {
	if len(b) != 40 {
		return 0, chain.Digest{}, fmt.Errorf("answer holds a chain value of %d bytes", len(b))
	}
	return eventlog.Revision(binary.BigEndian.Uint64(b)), chain.Digest(b[8:]), nil
}
