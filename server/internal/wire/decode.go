package wire

import "unicode/utf8"

// Decode reads one text frame from a client. It returns either a message or an
// error; the error's Re is set if the type is known. Decode repairs nothing,
// and enforces limits, all of which must be set. It does not keep the frame. It
// may be called concurrently and never panics.
func Decode(frame []byte, limits Limits) (Message, *Error) {
	if string(frame) == "HB" {
		return Heartbeat{}, nil
	}
	if len(frame) > limits.Frame {
		return nil, Errorf(TooLarge, "frame of %d bytes: send at most %d at once", len(frame), limits.Frame)
	}
	if !utf8.Valid(frame) {
		return nil, Errorf(BadJSON, "frame is not UTF-8: send JSON in UTF-8")
	}
	d := decoder{limits: &limits}
	if err := d.fields.read(frame); err != nil {
		return nil, err
	}
	kind := d.str(fieldType)
	if d.err != nil {
		return nil, d.err
	}
	message := d.message(kind)
	if d.err != nil {
		if len(kind) <= maxRe {
			d.err.Re = kind
		}
		return nil, d.err
	}
	return message, nil
}

// maxRe is the longest type, in bytes, that an error repeats.
const maxRe = 64

// A decoder holds the fields of one frame and the first error in them. Once err
// is set its methods return zero values.
type decoder struct {
	fields fields
	limits *Limits
	err    *Error
}

func (d *decoder) message(kind string) Message {
	switch kind {
	case "update":
		if d.has(fieldChanges) {
			return d.push()
		}
		return d.update()
	case "cursor":
		return Cursor{Rev: d.revision(fieldRev), Ranges: d.ranges()}
	case "submit":
		if d.has(fieldLines) {
			from, to := d.lines()
			return SubmitLines{Rev: d.revision(fieldRev), From: from, To: to}
		}
		return Submit(d.update())
	case "new":
		return New{d.line()}
	case "open":
		return Open{User: d.user(), Title: d.title()}
	case "join":
		return d.join()
	case "leave":
		return Leave{}
	case "status":
		return Status{}
	case "list":
		return List{}
	case "activity":
		return Activity{On: !d.has(fieldOn) || d.flag(fieldOn)}
	case "rename":
		return Rename{d.title()}
	case "version":
		return NameVersion{Rev: d.revision(fieldRev), Name: d.name(fieldVersion, CleanVersion)}
	case "diverged":
		return Diverged{d.revision(fieldRev)}
	}
	d.fail(UnknownType, "there is no message of this type: docs/protocol.md lists the types")
	return nil
}

func (d *decoder) join() Message {
	m := Join{User: d.user(), ID: d.thread()}
	if d.has(fieldMode) {
		switch mode := d.str(fieldMode); mode {
		case "text":
			m.Text = true
		case "line":
		default:
			d.fail(BadValue, `"mode" is neither "line" nor "text": send one of them`)
		}
	}
	if m.Text {
		m.Client = d.client()
		m.Resume = d.resume()
	}
	return m
}

func (d *decoder) resume() *Resume {
	if !d.has(fieldSince) {
		if d.has(fieldChain) {
			d.fail(BadMessage, `"chain" without "since": send both, or neither`)
		}
		return nil
	}
	r := &Resume{Since: d.revision(fieldSince)}
	if d.has(fieldChain) {
		r.Chain = d.digest(fieldChain)
	}
	return r
}

func (d *decoder) update() Update {
	m := Update{Value: d.line()}
	if d.has(fieldRev) {
		rev := d.revision(fieldRev)
		m.Rev = &rev
	}
	if d.has(fieldLine) {
		line := int(d.number(fieldLine))
		m.Line = &line
		if m.Rev == nil {
			d.fail(BadMessage, `"line" without "rev": send the revision at which the line was counted`)
		}
	}
	return m
}
