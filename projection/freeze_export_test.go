package projection

// FreezeFaults are ways to thaw a thread wrongly, each by what is lost.
var FreezeFaults = map[string]func(*Thread){
	"title":      func(t *Thread) { t.Title = "" },
	"updated":    func(t *Thread) { t.UpdatedAt++ },
	"written":    func(t *Thread) { t.Written = !t.Written },
	"redactions": func(t *Thread) { t.Redactions++ },
	"inserted":   func(t *Thread) { t.Inserted++ },
	"deleted":    func(t *Thread) { t.Deleted++ },
	"imports":    func(t *Thread) { t.Imports = nil },
	"versions":   func(t *Thread) { t.Versions = nil },
	"recent":     func(t *Thread) { t.recent = 0 },
	"aliases":    func(t *Thread) { clear(t.aliases) },
	"authors":    func(t *Thread) { t.authors = append(t.authors, [16]byte{0xff}) },
	"numbers":    func(t *Thread) { clear(t.numbers) },
	"clients":    func(t *Thread) { clear(t.clients) },
	"seq": func(t *Thread) {
		for _, c := range t.clients {
			c.Seq = 0
		}
	},
	"split from":   eachLine(func(ln *line) { ln.splitFrom = LineID{} }),
	"deleted of":   eachLine(func(ln *line) { ln.deleted = 0 }),
	"submitted":    eachLine(func(ln *line) { ln.submitted = false }),
	"line changed": eachLine(func(ln *line) { ln.changed++ }),
	"line at":      eachLine(func(ln *line) { ln.at++ }),
	"line author":  eachLine(func(ln *line) { ln.author = 0 }),
	"ordinals":     eachLine(func(ln *line) { ln.id.Ordinal = 0 }),
	"patches":      func(t *Thread) { t.patches.clear() },
	"patches' rows": func(t *Thread) {
		for _, p := range t.patches.list {
			for i := range p.before {
				p.before[i].changed++
			}
		}
	},
	"gone": func(t *Thread) {
		for _, p := range t.patches.list {
			for i := range p.gone {
				p.gone[i]++
			}
		}
	},
	"stretch":       func(t *Thread) { t.stretch.off() },
	"stretch began": func(t *Thread) { t.stretch.length++ },
	"spans": func(t *Thread) {
		units := t.text.appendUnits(nil, 0, t.text.length)
		if len(units) == 0 {
			return
		}
		t.text = text{}
		t.text.place(0, units, []span{{rev: 1, n: uint32(len(units))}})
	},
}

func eachLine(spoil func(*line)) func(*Thread) {
	return func(t *Thread) {
		for _, ln := range t.lines.all {
			spoil(ln)
		}
	}
}
