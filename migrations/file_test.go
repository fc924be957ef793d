package migrations

import (
	"encoding/binary"
	"errors"
	"testing"
)

// fakeFile is a File that remembers.
type fakeFile struct {
	made   []string
	pruned []byte
	marked bool
	fails  error
}

func (f *fakeFile) CreateBucket(name string) error {
	f.made = append(f.made, name)
	return f.fails
}

func (f *fakeFile) Rewrite(bucket, prefix string, change func([]byte) ([]byte, error)) (err error) {
	if bucket != "meta" || prefix != "pruned/" {
		return errors.New("rewrites " + bucket + " " + prefix)
	}
	f.pruned, err = change(f.pruned)
	return err
}

func (f *fakeFile) Mark() error {
	f.marked = true
	return f.fails
}

func (f *fakeFile) Rank(position uint64) uint64 { return position / 10 }

func TestStepToSealedBlocksTellsRankOfPrunedStream(t *testing.T) {
	steps, err := FileSteps(1)
	if err != nil || len(steps) != int(FileVersion())-1 || steps[0].From != 1 || steps[0].Does == "" {
		t.Fatal(steps, err)
	}
	f := &fakeFile{pruned: make([]byte, 48)}
	binary.BigEndian.PutUint64(f.pruned, 7)
	binary.BigEndian.PutUint64(f.pruned[8:], 120)
	f.pruned[47] = 9
	if err := steps[0].Up(f); err != nil {
		t.Fatal(err)
	}
	if len(f.made) != 1 || f.made[0] != "blocks" || binary.BigEndian.Uint64(f.pruned) != 7 ||
		binary.BigEndian.Uint64(f.pruned[8:]) != 12 || f.pruned[47] != 9 {
		t.Errorf("made %v, pruned %x", f.made, f.pruned)
	}
	if err := steps[0].Up(&fakeFile{pruned: make([]byte, 47)}); err == nil {
		t.Error("a value that is too short was taken")
	}
	if err := steps[0].Up(&fakeFile{fails: errors.New("no")}); err == nil {
		t.Error("an error was lost")
	}
}

func TestStepToMarksMarks(t *testing.T) {
	steps, err := FileSteps(2)
	if err != nil || len(steps) != int(FileVersion())-2 || steps[0].From != 2 || steps[0].Does == "" {
		t.Fatal(steps, err)
	}
	f := &fakeFile{}
	if err := steps[0].Up(f); err != nil || !f.marked {
		t.Errorf("marked %v, %v", f.marked, err)
	}
	if err := steps[0].Up(&fakeFile{fails: errors.New("no")}); err == nil {
		t.Error("an error was lost")
	}
}

func TestFileStepsRefuseOtherReleases(t *testing.T) {
	for _, v := range []uint32{0, FileVersion() + 1} {
		if _, err := FileSteps(v); err == nil {
			t.Errorf("steps from version %d", v)
		}
	}
	if steps, err := FileSteps(FileVersion()); err != nil || len(steps) != 0 {
		t.Error(steps, err)
	}
}
