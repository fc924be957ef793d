package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A network says what the network of the guest does to its packets.
type network struct {
	delay, jitter            time.Duration
	loss, reorder, duplicate float64 // of 100 packets
}

// networkOf reads the words of the kernel's command line.
func networkOf(param map[string]string) (n network, err error) {
	for name, at := range map[string]*time.Duration{"delay": &n.delay, "jitter": &n.jitter} {
		if word := param[name]; word != "" && err == nil {
			*at, err = time.ParseDuration(word)
		}
	}
	for name, at := range map[string]*float64{"loss": &n.loss, "reorder": &n.reorder, "duplicate": &n.duplicate} {
		if word := param[name]; word != "" && err == nil {
			*at, err = strconv.ParseFloat(word, 64)
		}
	}
	return n, err
}

// begin has the kernel's netem queue do it. The queue is a module, which the initrd has
// if this machine has it.
func (n network) begin() error {
	module, err := os.ReadFile("/sch_netem.ko")
	if err == nil {
		err = unix.InitModule(module, "")
	}
	if err != nil {
		return fmt.Errorf("load netem: %w", err)
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, n.request(lo.Index), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	size, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil || size < unix.SizeofNlMsghdr+4 {
		return fmt.Errorf("netem: an answer of %d bytes, %v", size, err)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return fmt.Errorf("netem: %w", unix.Errno(-code))
	}
	return nil
}

// request is the message RTM_NEWQDISC of rtnetlink(7) for a queue of the kind netem at
// the root of an interface.
func (n network) request(index int) []byte {
	const limit = 1000                                 // packets
	const reorderAttr, latency64, jitter64 = 3, 10, 11 // TCA_NETEM_…; times are in nanoseconds
	native := binary.NativeEndian
	attribute := func(b []byte, kind uint16, value []byte) []byte {
		b = native.AppendUint16(b, uint16(4+len(value)))
		b = append(native.AppendUint16(b, kind), value...)
		return append(b, make([]byte, -len(b)&3)...)
	}
	var options []byte // struct tc_netem_qopt: latency, limit, loss, gap, duplicate, jitter
	share := func(percent float64) uint32 { return uint32(percent / 100 * (1<<32 - 1)) }
	gap := uint32(0)
	if n.reorder > 0 {
		gap = 1 // any packet may overtake those that are delayed
	}
	for _, v := range []uint32{0, limit, share(n.loss), gap, share(n.duplicate), 0} {
		options = native.AppendUint32(options, v)
	}
	options = attribute(options, reorderAttr, native.AppendUint32(native.AppendUint32(nil, share(n.reorder)), 0))
	options = attribute(options, latency64, native.AppendUint64(nil, uint64(n.delay)))
	options = attribute(options, jitter64, native.AppendUint64(nil, uint64(n.jitter)))

	var body []byte // struct tcmsg: family, interface, handle, parent, info
	for _, v := range []uint32{unix.AF_UNSPEC, uint32(index), 1 << 16, 0xffffffff, 0} {
		body = native.AppendUint32(body, v)
	}
	body = attribute(body, unix.TCA_KIND, []byte("netem\x00"))
	body = attribute(body, unix.TCA_OPTIONS, options)

	header := unix.NlMsghdr{
		Len: uint32(unix.SizeofNlMsghdr + len(body)), Type: unix.RTM_NEWQDISC,
		Flags: unix.NLM_F_REQUEST | unix.NLM_F_ACK | unix.NLM_F_CREATE | unix.NLM_F_EXCL, Seq: 1,
	}
	return append((*[unix.SizeofNlMsghdr]byte)(unsafe.Pointer(&header))[:], body...)
}

// tcpCounts returns counts of the kernel since it began: segments that TCP sent again,
// and segments that arrived before an earlier one.
func tcpCounts() (again, early int) {
	for path, want := range map[string]map[string]*int{
		"/proc/net/snmp":    {"RetransSegs": &again},
		"/proc/net/netstat": {"TCPOFOQueue": &early},
	} {
		text, _ := os.ReadFile(path)
		lines := strings.Split(string(text), "\n")
		for i := 0; i+1 < len(lines); i += 2 { // names, then values
			values := strings.Fields(lines[i+1])
			for k, name := range strings.Fields(lines[i]) {
				if at := want[name]; at != nil && k < len(values) {
					*at, _ = strconv.Atoi(values[k])
				}
			}
		}
	}
	return again, early
}
