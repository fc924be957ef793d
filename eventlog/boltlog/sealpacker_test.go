package boltlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"parodywave/eventlog"
)

type bodies struct{ id byte }

func (p bodies) ID() byte { return p.id }

func (bodies) Columns() int { return 2 }

func (bodies) Pack(columns [][]byte, records []eventlog.Record) {
	for i := range records {
		for j, b := range [][]byte{records[i].Shape, records[i].Text} {
			columns[j] = append(binary.AppendUvarint(columns[j], uint64(len(b))), b...)
		}
	}
}

func (bodies) Unpack(columns [][]byte, records []eventlog.Record) error {
	for i := range records {
		for j, b := range []*[]byte{&records[i].Shape, &records[i].Text} {
			n, k := binary.Uvarint(columns[j])
			if k <= 0 || n > uint64(len(columns[j])-k) {
				return fmt.Errorf("body %d: %w", i, eventlog.ErrDamaged)
			}
			if *b = nil; n > 0 {
				*b = bytes.Clone(columns[j][k : k+int(n)])
			}
			columns[j] = columns[j][k+int(n):]
		}
	}
	return nil
}

type forgetful struct{ bodies }

func (p forgetful) Unpack(columns [][]byte, records []eventlog.Record) error {
	err := p.bodies.Unpack(columns, records)
	if len(records) > 3 {
		records[3].Shape = append(records[3].Shape, ' ')
	}
	return err
}

func TestPackerThatForgetsIsNotUsed(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, Packer: forgetful{bodies{9}}, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	want, err := told(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l = open(t, path, Options{ReadOnly: true}) // without any packer
	if have, err := told(l); err != nil || have != want || len(l.blocks) != 1 {
		t.Fatal(err, have)
	}
}

func TestBlockOfAnotherPackerIsRefused(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, Packer: bodies{200}, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	l.Close()
	before, _ := os.ReadFile(path)
	for _, o := range []Options{{ReadOnly: true}, {ReadOnly: true, Packer: bodies{201}}, {NoSync: true, NoSeal: true}} {
		if err := use(path, o); !errors.Is(err, eventlog.ErrDamaged) || !strings.Contains(err.Error(), "200") {
			t.Errorf("with packer %v: %v", o.Packer, err)
		}
	}
	if err := use(path, Options{ReadOnly: true, Packer: bodies{200}}); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}
