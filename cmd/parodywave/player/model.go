package player

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"parodywave/eventlog"
)

// Options configure a player.
type Options struct {
	History *History
	From    eventlog.Revision // beginning of the first step
	Unit    Unit
	Speed   float64 // relative to the typing; 0 is without pauses
	// Breaks are breakpoints to begin with. Their authors must exist in History.
	Breaks []*Break
	// Paused makes the player wait at the first step, or with Breaks at the first
	// hit.
	Paused bool
	// LongestPause is the limit to which pauses in the typing are cut.
	LongestPause time.Duration

	Reveal  func(string) string      // escapes invisible characters, except tabs
	Stamp   func(ms int64) string    // formats a time
	Reload  func() (*History, error) // reads the history up to now
	Context context.Context          // cancels background work
}

// A Model is the player, a tea.Model. One goroutine at a time may use it.
type Model struct {
	Options
	frames *Cursor
	ends   []eventlog.Revision
	at     eventlog.Revision // the revision shown
	frame  *Frame
	rows   []row
	err    error

	playing bool
	turn    int // number of the last tick that was started; earlier ticks are ignored
	breaks  []*armed
	pending pending // what to do when all hits are known
	reason  string  // of the last stop
	said    string  // answer to the last key
	prompt  *prompt

	width, height int
	top, selected place
	wrapped       map[int][][]cell // rows wrapped to the width
	bar           []int            // author of each column
	help          bool
	helpTop       int
	authors, cut  bool // the pane is open; long lines are cut, not wrapped
}

// An armed is a breakpoint with its hits, once they are known.
type armed struct {
	*Break
	hits  []Hit
	ready bool
}

// A pending is an action that waits for the hits of all breakpoints.
type pending int

const (
	nothing pending = iota
	begin           // go to the first hit, which may be in the first step
	forth           // go to the next hit
	back            // go to the previous hit
)

// New returns a player. It draws the first step once it has the size of the
// terminal.
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

// Err returns the error that ended the player: the history is invalid.
func (m *Model) Err() error { return m.err }

// take starts playing a history.
func (m *Model) take(h *History) {
	m.History, m.frames, m.bar = h, NewCursor(h), nil
	m.ends = h.Ends(m.Unit, m.From)
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

// step goes n steps forward, or back if n is negative, up to the ends.
func (m *Model) step(n int) {
	i, _ := Step(m.ends, m.From, m.at)
	if n > 0 && m.ends[i] != m.at {
		i-- // within a step, the next stop is its end
	}
	m.show(m.ends[min(max(i+n, 0), len(m.ends)-1)])
}

// prev returns the revision before the current step.
func (m *Model) prev() eventlog.Revision {
	_, prev := Step(m.ends, m.From, m.at)
	return prev
}

// last reports whether the player is at the end.
func (m *Model) last() bool { return m.at == m.ends[len(m.ends)-1] }

type historyMsg struct {
	history *History
	err     error
}

func (m *Model) reload() tea.Cmd {
	m.said = "reading new revisions …"
	return func() tea.Msg {
		r, err := m.Reload()
		return historyMsg{r, err}
	}
}

func (m *Model) reloaded(msg historyMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		m.said = "cannot read new revisions: " + msg.err.Error()
		return nil
	case msg.history.Head() < m.at:
		m.said = fmt.Sprintf("cannot read new revisions: the thread now ends at revision %d", msg.history.Head())
		return nil
	}
	m.said = fmt.Sprintf("%d new revisions", msg.history.Head()-m.History.Head())
	reason := m.reason
	m.take(msg.history)
	m.show(m.at)
	m.reason = reason
	for _, b := range m.breaks {
		b.hits, b.ready = nil, false
	}
	return m.scan()
}
