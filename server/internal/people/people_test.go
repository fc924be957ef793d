package people

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/logtest"
	"parodywave/projection"
)

// canceling is a log that cancels its caller's context after each append.
type canceling struct {
	eventlog.Log
	cancel func()
}

func (l canceling) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, r ...eventlog.Record) (eventlog.Head, error) {
	defer l.cancel()
	return l.Log.Append(ctx, s, expected, r...)
}

func ignore(eventlog.Stream, eventlog.Revision, []eventlog.Record, error) {}

// TestANameIsGivenOnceWhoeverGoesAway cancels a request while it names an author:
// the next request for that name must get the same author.
func TestANameIsGivenOnceWhoeverGoesAway(t *testing.T) {
	log := eventlog.NewMemory()
	ctx, cancel := context.WithCancel(t.Context())
	p := New(canceling{log, cancel}, projection.NewAuthors(), ignore, time.Now)
	who := Identity{"Ada", event.Person}
	first, _ := p.Resolve(ctx, who)
	if ctx.Err() == nil {
		t.Fatal("the request was not canceled")
	}
	p.log = log
	second, err := p.Resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ada is %x and then %x, %v", first, second, err)
	}
	if head, _ := log.Head(t.Context(), eventlog.Authors); head.Revision != 1 {
		t.Errorf("Ada was named %d times", head.Revision)
	}
}

// TestANameThatIsInTheLogIsFound, also by a projection that is behind the log.
func TestANameThatIsInTheLogIsFound(t *testing.T) {
	log := eventlog.NewMemory()
	p, late := New(log, projection.NewAuthors(), ignore, time.Now), New(log, projection.NewAuthors(), ignore, time.Now)
	who := Identity{"Ben", event.Person}
	first, err := p.Resolve(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	second, err := late.Resolve(t.Context(), who)
	if err != nil || first != second {
		t.Errorf("Ben is %x and then %x, %v", first, second, err)
	}
}

// TestEnteringWaitsForNoAppend: on a stalled disk a newcomer has an author, and a
// name, at once; Resolve, which waits for the disk, is the wrong twin.
func TestEnteringWaitsForNoAppend(t *testing.T) { synctest.Test(t, testEnteringWaitsForNoAppend) }

func testEnteringWaitsForNoAppend(t *testing.T) {
	disk := logtest.NewDisk(eventlog.NewMemory())
	p := New(disk, projection.NewAuthors(), ignore, time.Now)
	arrived, release := disk.Stall()
	who := Identity{"Ada", event.Person}
	id, err := p.Enter(who)
	if err != nil || p.Name(id) != "Ada" {
		t.Fatalf("entered as %q, %v", p.Name(id), err)
	}
	<-arrived // the append of the name
	if again, err := p.Enter(who); err != nil || again != id {
		t.Errorf("Ada is %x and then %x, %v", id, again, err)
	}
	resolved := make(chan eventlog.AuthorID)
	go func() {
		id, _ := New(disk, projection.NewAuthors(), ignore, time.Now).Resolve(t.Context(), Identity{"Ben", event.Person})
		resolved <- id
	}()
	synctest.Wait()
	select {
	case <-resolved:
		t.Error("Resolve did not wait for the disk: the test cannot tell the two apart")
	default:
	}
	release()
	if err := p.Record(t.Context(), id); err != nil {
		t.Error(err)
	}
	<-resolved
}

// TestOneAppendRecordsAllPendingNames: on a full disk several people enter; when
// there is room again, the first edit of one of them records all names, once.
func TestOneAppendRecordsAllPendingNames(t *testing.T) {
	synctest.Test(t, testOneAppendRecordsAllPendingNames)
}

func testOneAppendRecordsAllPendingNames(t *testing.T) {
	disk := logtest.NewDisk(eventlog.NewMemory())
	p := New(disk, projection.NewAuthors(), ignore, time.Now)
	disk.Refuse(syscall.ENOSPC)
	var ids []eventlog.AuthorID
	for _, name := range []string{"Ada", "Ben", "소라"} {
		id, err := p.Enter(Identity{name, event.Person})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := p.Record(t.Context(), ids[0]); !errors.Is(err, eventlog.ErrUnavailable) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk recorded a name: %v", err)
	}
	synctest.Wait()
	disk.Refuse(nil)
	if err := p.Record(t.Context(), ids[1]); err != nil {
		t.Fatal(err)
	}
	read := New(disk, projection.NewAuthors(), ignore, time.Now)
	for i, name := range []string{"Ada", "Ben", "소라"} {
		id, err := read.Resolve(t.Context(), Identity{name, event.Person})
		if err != nil || id != ids[i] {
			t.Errorf("%s entered as %x and is %x in the log, %v", name, ids[i], id, err)
		}
	}
	if head, _ := disk.Head(t.Context(), eventlog.Authors); head.Revision != 3 {
		t.Errorf("3 people were named %d times", head.Revision)
	}
}

// TestANameThatAnotherWriterGaveIsNotGivenTwice: the name of a pending author is in
// the log for another one meanwhile.
func TestANameThatAnotherWriterGaveIsNotGivenTwice(t *testing.T) {
	synctest.Test(t, testNotGivenTwice)
}

func testNotGivenTwice(t *testing.T) {
	disk := logtest.NewDisk(eventlog.NewMemory())
	p, other := New(disk, projection.NewAuthors(), ignore, time.Now), New(disk.AuditLog, projection.NewAuthors(), ignore, time.Now)
	disk.Refuse(syscall.EROFS)
	who := Identity{"Ada", event.Person}
	id, err := p.Enter(who)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // the append that Enter began has failed
	theirs, err := other.Resolve(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	disk.Refuse(nil)
	if err := p.Record(t.Context(), id); err == nil {
		t.Error("two authors have one name")
	}
	if again, err := p.Enter(who); err != nil || again != theirs {
		t.Errorf("Ada is %x in the log and enters as %x, %v", theirs, again, err)
	}
}

// TestPendingNamesAreBounded: no client can fill the memory with names while the
// disk is full.
func TestPendingNamesAreBounded(t *testing.T) {
	p := New(eventlog.NewMemory(), projection.NewAuthors(), ignore, time.Now)
	for i := range pendingMax {
		if _, err := p.pend(Identity{fmt.Sprint(i), event.Person}); err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := p.Enter(Identity{"one more", event.Person}); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Errorf("%d names wait: %v", len(p.pending), err)
	}
}
