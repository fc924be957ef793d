package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// worsen lets the network of the guest delay each packet and lose some, by the kernel's
// netem queue. The queue is a module, which the initrd has if this machine has it.
func worsen(delay time.Duration, lossPercent float64) error {
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
	if err := unix.Sendto(fd, netemRequest(lo.Index, delay, lossPercent), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil || n < unix.SizeofNlMsghdr+4 {
		return fmt.Errorf("netem: an answer of %d bytes, %v", n, err)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return fmt.Errorf("netem: %w", unix.Errno(-code))
	}
	return nil
}

// netemRequest is the message RTM_NEWQDISC of rtnetlink(7) for a queue of the kind
// netem at the root of an interface.
func netemRequest(index int, delay time.Duration, lossPercent float64) []byte {
	const limit, latency64 = 1000, 10 // packets; TCA_NETEM_LATENCY64, in nanoseconds
	native := binary.NativeEndian
	attribute := func(b []byte, kind uint16, value []byte) []byte {
		b = native.AppendUint16(b, uint16(4+len(value)))
		b = append(native.AppendUint16(b, kind), value...)
		return append(b, make([]byte, -len(b)&3)...)
	}
	var options []byte // struct tc_netem_qopt: latency, limit, loss, gap, duplicate, jitter
	for _, n := range []uint32{0, limit, uint32(lossPercent / 100 * (1<<32 - 1)), 0, 0, 0} {
		options = native.AppendUint32(options, n)
	}
	options = attribute(options, latency64, native.AppendUint64(nil, uint64(delay)))

	var body []byte // struct tcmsg: family, interface, handle, parent, info
	for _, n := range []uint32{unix.AF_UNSPEC, uint32(index), 1 << 16, 0xffffffff, 0} {
		body = native.AppendUint32(body, n)
	}
	body = attribute(body, unix.TCA_KIND, []byte("netem\x00"))
	body = attribute(body, unix.TCA_OPTIONS, options)

	header := unix.NlMsghdr{
		Len: uint32(unix.SizeofNlMsghdr + len(body)), Type: unix.RTM_NEWQDISC,
		Flags: unix.NLM_F_REQUEST | unix.NLM_F_ACK | unix.NLM_F_CREATE | unix.NLM_F_EXCL, Seq: 1,
	}
	return append((*[unix.SizeofNlMsghdr]byte)(unsafe.Pointer(&header))[:], body...)
}
