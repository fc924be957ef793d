package live

import (
	"context"
	"unicode/utf16"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

// take serves one frame. It reports false when the connection is to end.
func (p *peer) take(kind int, frame []byte) bool {
	refuse := func(close int, code wire.Code, text string) bool {
		p.fail(wire.Errorf(code, "%s", text))
		p.Close(close, text)
		return false
	}
	switch {
	case kind != websocket.TextMessage:
		return refuse(wire.CloseUnsupported, wire.BadMessage, "binary frames have no meaning here: send JSON as text")
	case len(frame) > p.l.limits.Frame:
		return refuse(wire.CloseTooLarge, wire.TooLarge, "the frame is over the limit: send smaller ones")
	case !utf8.Valid(frame):
		return refuse(wire.CloseNotUTF8, wire.BadJSON, "the frame is not UTF-8")
	case !p.rates.allow(p.l.stats.clock(), p.l.limits, len(frame)):
		return refuse(wire.ClosePolicy, wire.RateLimited, "too many messages: send fewer, or more in each")
	}
	m, err := wire.Decode(frame, p.l.limits)
	if err != nil {
		p.fail(err)
		return true
	}
	p.size = len(frame)
	p.serve(m)
	return true
}

// serve serves a message.
func (p *peer) serve(m wire.Message) {
	ctx := context.Background()
	switch m := m.(type) {
	case wire.Heartbeat:
	case wire.Open:
		p.open(ctx, m)
	case wire.Join:
		p.join(ctx, m)
	case wire.Leave:
		if p.joined("leave") {
			p.leave()
		}
	case wire.Status:
		p.Send(p.l.broadcaster.statusFrame())
	case wire.List:
		p.listed.Store(true)
		frame, typing := p.l.broadcaster.listFrame()
		if p.Send(frame); typing { // no event tells that somebody stops typing
			p.l.hub.listChanged()
		}
	case wire.Activity:
		p.l.feed.watch(p, m.On)
	case wire.New:
		p.edit(ctx, "new", authority.LineEdit{Value: utf16.Encode([]rune(m.Value)), New: true, Line: -1})
	case wire.Update:
		p.edit(ctx, "update", lineEdit(m))
	case wire.Submit:
		ed := lineEdit(wire.Update(m))
		ed.Submit = true
		p.edit(ctx, "submit", ed)
	case wire.Rename:
		if p.joined("rename") && p.startEdit(ctx, "rename") {
			p.in.authority.Rename(p, p.author, m.Title)
		}
	default:
		p.serveText(ctx, m)
	}
}

func lineEdit(m wire.Update) authority.LineEdit {
	ed := authority.LineEdit{Value: utf16.Encode([]rune(m.Value)), Line: -1}
	if m.Line != nil {
		ed.Line = *m.Line
	}
	if m.Rev != nil {
		ed.Rev = *m.Rev
	}
	return ed
}

// serveText serves the messages of text mode.
func (p *peer) serveText(ctx context.Context, m wire.Message) {
	switch m := m.(type) {
	case wire.Push:
		if p.joined("update") && p.inMode(true, "update", "value") && p.startEdit(ctx, "update") {
			p.l.stats.pushes.Add(1)
			p.watch.start(p.l.stats.clock())
			p.in.authority.Push(p, m)
		}
	case wire.SubmitLines:
		if p.joined("submit") && p.inMode(true, "submit", "value") && p.startEdit(ctx, "submit") {
			p.watch.start(p.l.stats.clock())
			p.in.authority.Submit(p, m.Rev, m.From, m.To)
		}
	case wire.NameVersion:
		if p.joined("version") && p.inMode(true, "version", "") && p.startEdit(ctx, "version") {
			p.in.authority.NameVersion(p, m.Rev, m.Name)
		}
	case wire.Cursor:
		switch {
		case !p.joined("cursor") || !p.inMode(true, "cursor", ""):
		case !p.rates.allowCursor(p.l.stats.clock(), p.l.limits):
			p.fail(wire.Errorf(wire.RateLimited, "more than %d cursors a second: send fewer", p.l.limits.Presence).Answering("cursor"))
		default:
			p.in.authority.Cursor(p, m.Rev, m.Ranges)
		}
	case wire.Diverged:
		if !p.joined("diverged") || !p.inMode(true, "diverged", "") {
			return
		}
		p.l.warnings.Warn("a client says that its text has diverged; nobody has verified that", "thread", p.in.stream, "rev", m.Rev, "author", p.l.people.Name(p.author))
	}
}

// joined reports whether p is in a thread, and answers with an error if not.
func (p *peer) joined(re string) bool {
	if p.in == nil {
		p.fail(wire.Errorf(wire.NotJoined, "open or join a thread first").Answering(re))
	}
	return p.in != nil
}

// inMode reports whether p joined in a mode. If not it answers with an error that
// names the field which messages of the other mode have.
func (p *peer) inMode(text bool, re, field string) bool {
	switch {
	case p.text == text:
		return true
	case field == "":
		p.fail(wire.Errorf(wire.NotJoined, "join with mode text first").Answering(re))
	default:
		mode := "line"
		if p.text {
			mode = "text"
		}
		p.fail(wire.Errorf(wire.BadMessage, "%q is missing: this connection joined in %s mode", field, mode).Answering(re))
	}
	return false
}

// startEdit counts an edit that p may make, which the authority will settle. It
// answers with an error if the log lacks the name of p's author, which must be there
// before the author's first record.
func (p *peer) startEdit(ctx context.Context, re string) bool {
	if !p.quota.Write(p.size) {
		p.fail(wire.Errorf(wire.RateLimited, "this address writes too much: wait a moment and send it again").Answering(re))
		return false
	}
	if !p.named {
		if err := p.l.people.Record(ctx, p.author); err != nil {
			p.fail(wire.ErrorFor(err, re))
			return false
		}
		p.named = true
	}
	p.unsettled.Add(1)
	return true
}

func (p *peer) edit(ctx context.Context, re string, ed authority.LineEdit) {
	if p.joined(re) && p.inMode(false, re, "changes") && p.startEdit(ctx, re) {
		p.l.stats.pushes.Add(1)
		p.watch.start(p.l.stats.clock())
		p.in.authority.Edit(p, re, ed)
	}
}

func (p *peer) open(ctx context.Context, m wire.Open) {
	if !p.quota.Open() {
		p.fail(wire.Errorf(wire.RateLimited, "this address begins too many threads: wait a moment and send it again").Answering("open"))
		return
	}
	author, err := p.l.people.Resolve(ctx, people.Identity{Name: m.User, Kind: event.Person})
	if err != nil {
		p.fail(wire.ErrorFor(err, "open"))
		return
	}
	r, err := p.l.hub.open(ctx, author, m.Title, "")
	if err != nil {
		p.fail(wire.ErrorFor(err, "open"))
		return
	}
	p.enter(ctx, r, wire.Join{}, author, "open")
}

func (p *peer) join(ctx context.Context, m wire.Join) {
	r, err := p.l.hub.acquire(ctx, m.ID)
	if err != nil {
		p.fail(wire.ErrorFor(err, "join"))
		return
	}
	author, err := p.l.people.Enter(people.Identity{Name: m.User, Kind: event.Person})
	if err == nil && m.Text {
		err = r.authority.MayJoin(ctx, p, author, m.Client)
	}
	if err != nil {
		p.l.hub.release(r)
		p.fail(wire.ErrorFor(err, "join"))
		return
	}
	p.enter(ctx, r, m, author, "join")
}

// enter leaves the thread that p is in and joins r, which p then uses.
func (p *peer) enter(ctx context.Context, r *room, m wire.Join, author eventlog.AuthorID, re string) {
	p.leave()
	p.in, p.text, p.author, p.named = r, m.Text, author, false
	p.watch.reset()
	var err error
	if m.Text {
		err = r.authority.JoinText(ctx, p, author, m.Client, m.Resume)
	} else {
		err = r.authority.JoinLine(ctx, p, author, p.receipts)
	}
	if err != nil {
		p.in = nil
		p.l.hub.release(r)
		p.fail(wire.ErrorFor(err, re))
		return
	}
	r.enter(p)
	p.l.hub.listChanged()
	p.l.connections.joined(p, r.stream)
}
