package player

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"parodywave/eventlog"
)

// Options are what a player plays, and how.
type Options struct {
	History *History
	From    eventlog.Revision // the first step begins there
	Unit    Unit
	Speed   float64 // how many times as fast as it was typed; 0 is as fast as can be
	// Breaks are the breakpoints to begin with. Each names an author who is
	// there, if any.
	Breaks []*Break
	// Paused shows the first step, or where there are Breaks the first that
	// one stops at, and waits.
	Paused bool
	// LongestPause is where pauses of people are cut.
	LongestPause time.Duration

	Reveal    func(string) string            // makes what is hidden visible, and leaves tabs
	Stamp     func(ms int64) string          // writes a time
	ParseTime func(string) (time.Time, bool) // reads one
	IDString  func(eventlog.AuthorID) string // writes an author's id
	Reload    func() (*History, error)       // reads the history as it is now
	Context   context.Context                // ends what is done meanwhile
}

// A Model is the player. Its methods are those of tea.Model, by one goroutine.
type Model struct {
	Options
	frames *Cursor
	ends   []eventlog.Revision
	at     eventlog.Revision // what is shown
	frame  *Frame
	rows   []row
	err    error

	playing bool
	turn    int // of the clock; a tick of an earlier turn is late
	breaks  []*armed
	pending pending // a wait for the breakpoints' hits
	reason  string  // why it stopped
	said    string  // an answer to a key
	prompt  *prompt

	width, height int
	top, selected place
	wrapped       map[int][][]cell // of rows, for the width
	bar           []int            // author by column
	help          bool
	helpTop       int
	authors, cut  bool // the pane is open; lines are cut instead of wrapped
}

// An armed breakpoint has its hits, once they are known.
type armed struct {
	*Break
	hits  []Hit
	ready bool
}

// pending says what to do when all hits are known.
type pending int

const (
	nothing pending = iota
	begin           // go to the first hit, the first step's among them
	forth
	back
)

// New returns a player. It shows the first step once it has been told the size
// of the terminal.
func New(o Options) *Model {
	m := &Model{Options: o, authors: true, width: 80, height: 24}
	m.take(o.History)
	for _, b := range o.Breaks {
		m.breaks = append(m.breaks, &armed{Break: b})
	}
	m.show(m.ends[0])
	switch {
	case o.Paused && len(m.breaks) > 0:
		m.pending = begin
	case !o.Paused:
		m.playing = true
	}
	return m
}

// Err returns what went wrong: the history cannot be what it says.
func (m *Model) Err() error { return m.err }

// take begins to play a history.
func (m *Model) take(r *History) {
	m.History, m.frames, m.bar = r, NewCursor(r), nil
	m.ends = r.Ends(m.Unit, m.From)
}

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd { return tea.Batch(m.scan(), m.tick()) }

// Update implements tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height, m.wrapped, m.bar = msg.Width, msg.Height, nil, nil
		m.reach()
	case tea.KeyPressMsg:
		cmd = m.key(msg)
	case tea.PasteMsg:
		if m.prompt != nil {
			m.prompt.add(msg.Content)
		}
	case tickMsg:
		if int(msg) == m.turn && m.playing {
			m.play()
			cmd = m.tick()
		}
	case hitsMsg:
		cmd = m.hits(msg)
	case historyMsg:
		cmd = m.reloaded(msg)
	}
	if m.err != nil {
		return m, tea.Quit
	}
	return m, cmd
}

// show goes to a revision.
func (m *Model) show(at eventlog.Revision) {
	f, err := m.frames.Frame(m.ends, m.From, at)
	if err != nil {
		m.err = fmt.Errorf("revision %d: %w", at, err)
		return
	}
	m.at, m.frame, m.rows, m.wrapped, m.reason = at, f, rowsOf(f), nil, ""
	m.follow()
}

// step goes n steps forth, or back, as far as there are any.
func (m *Model) step(n int) {
	i, _ := Step(m.ends, m.From, m.at)
	if n > 0 && m.ends[i] != m.at {
		i-- // within a step, the next stop is its end
	}
	m.show(m.ends[min(max(i+n, 0), len(m.ends)-1)])
}

// prev returns the revision before the step that is shown.
func (m *Model) prev() eventlog.Revision {
	_, prev := Step(m.ends, m.From, m.at)
	return prev
}

// last reports whether there is nothing to come.
func (m *Model) last() bool { return m.at == m.ends[len(m.ends)-1] }

type historyMsg struct {
	history *History
	err     error
}

func (m *Model) reload() tea.Cmd {
	m.said = "reading again …"
	return func() tea.Msg {
		r, err := m.Reload()
		return historyMsg{r, err}
	}
}

func (m *Model) reloaded(msg historyMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.said = "not read again: " + msg.err.Error()
		return nil
	case msg.history.Head() < m.at:
		m.said = fmt.Sprintf("not read again: it ends at revision %d now", msg.history.Head())
		return nil
	}
	m.said = fmt.Sprintf("%d more revisions", msg.history.Head()-m.History.Head())
	reason := m.reason
	m.take(msg.history)
	m.show(m.at)
	m.reason = reason
	for _, b := range m.breaks {
		b.hits, b.ready = nil, false
	}
	return m.scan()
}
