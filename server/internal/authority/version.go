package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

// NameVersion gives a revision a name for a peer in text mode, which gets the
// record in the stream.
func (a *Authority) NameVersion(p Peer, rev eventlog.Revision, name string) {
	a.post(p, "version", func() *wire.Error {
		tp, ok := a.texts[p]
		if !ok {
			return wire.Errorf(wire.NotJoined, "join a thread in text mode before you name a version")
		}
		return a.nameVersion(context.Background(), tp.author, rev, name)
	})
}

// Version is NameVersion for an author who is not connected. It returns when
// the record is on disk.
func (a *Authority) Version(ctx context.Context, author eventlog.AuthorID, rev eventlog.Revision, name string) error {
	return a.wait(ctx, request{edit: func() *wire.Error {
		if done, f := a.again(ctx); done || f != nil {
			return f
		}
		return a.nameVersion(ctx, author, rev, name)
	}})
}

// nameVersion refuses a name that could be mistaken for a revision or a time,
// or that is taken.
func (a *Authority) nameVersion(ctx context.Context, author eventlog.AuthorID, rev eventlog.Revision, name string) *wire.Error {
	switch {
	case rev == 0:
		return wire.Errorf(wire.BadValue, "the first revision is 1")
	case rev > a.thread.Revision:
		return a.stale("rev %d is above the head %d", rev, a.thread.Revision)
	}
	f := event.Version{Revision: rev, Name: name}
	if err := f.Valid(); err != nil {
		return wire.Errorf(wire.BadValue, "%v", err)
	}
	for _, v := range a.thread.Versions {
		if v.Name == name {
			return wire.Errorf(wire.BadValue, "%q already names revision %d: choose another name", name, v.Of)
		}
	}
	client, seq := a.origin(ctx)
	a.record(f, author, client, seq)
	return nil
}
