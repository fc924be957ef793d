package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"time"

	"parodywave/eventlog"

	"go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// believed is the reader of a control: it believes the values that bbolt returns, and
// checks no checksum. It reads in another process, because a damaged file may crash
// bbolt or send it in circles; that counts as named.
func believed(ctx context.Context, path string, file []byte) (all contents, how string, err error) {
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return nil, "", err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	out, err := exec.CommandContext(ctx, self, "lie", "believe", path).Output()
	if err != nil {
		return nil, "bbolt", nil
	}
	return all, "", json.NewDecoder(bytes.NewReader(out)).Decode(&all)
}

// believe prints the digests of all values in a bbolt file: torture lie believe FILE.
func believe(path string) error {
	for limit, n := range map[int]uint64{unix.RLIMIT_AS: 4 << 30, unix.RLIMIT_CPU: 5} { // bytes, seconds
		if err := unix.Setrlimit(limit, &unix.Rlimit{Cur: n, Max: n}); err != nil {
			return err
		}
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second, PageSize: pageSize})
	if err != nil {
		return err
	}
	all := contents{}
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				stream := eventlog.Stream(string(name) + " " + hex.EncodeToString(k))
				all[stream] = append(all[stream], digestOf(v))
				return nil
			})
		})
	})
	return errors.Join(err, json.NewEncoder(os.Stdout).Encode(all))
}
