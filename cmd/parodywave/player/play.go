package player

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parodywave/eventlog"
)

const (
	// beat is how long a picture stands at least.
	beat = 33 * time.Millisecond
	// wholeBeats is in how many beats the whole is played when nothing limits
	// the speed: ten seconds.
	wholeBeats = 300
	// slowest and fastest are the speeds that keys lead to, but for no limit.
	slowest, fastest = 0.25, 4096
)

type tickMsg int

// tick asks for the moment at which the next step is due.
func (m *Model) tick() tea.Cmd {
	if !m.playing {
		return nil
	}
	m.turn++
	turn, wait := m.turn, beat
	if i, _ := Step(m.ends, m.From, m.at); i+1 < len(m.ends) {
		wait = max(beat, m.pause(m.at, m.ends[i+1]))
	}
	return tea.Tick(wait, func(time.Time) tea.Msg { return tickMsg(turn) })
}

// pause returns how long to wait between two revisions.
func (m *Model) pause(a, b eventlog.Revision) time.Duration {
	if m.Speed == 0 {
		return 0
	}
	gap := float64(m.History.Time(b)-m.History.Time(a)) * float64(time.Millisecond)
	return min(time.Duration(gap/m.Speed), m.LongestPause)
}

// play goes as many steps as fit into a beat, one at least, and stops at a hit
// or at the end.
func (m *Model) play() {
	if !m.ready() {
		return // until it is known where to stop
	}
	i, _ := Step(m.ends, m.From, m.at)
	if m.ends[i] == m.at {
		i++
	}
	if i >= len(m.ends) {
		m.playing = false
		return
	}
	most := len(m.ends)
	if m.Speed == 0 {
		most = 1 + len(m.ends)/wholeBeats
	}
	to := i
	for spent := time.Duration(0); to+1 < len(m.ends) && to+1-i < most; to++ {
		if spent += m.pause(m.ends[to], m.ends[to+1]); spent >= beat {
			break
		}
	}
	if at, ok := m.nextHit(m.at); ok && at <= m.ends[to] {
		m.stop(at)
		return
	}
	m.show(m.ends[to])
	if m.last() {
		m.playing = false
	}
}

// toggle plays or pauses; at the end it plays from the beginning.
func (m *Model) toggle() tea.Cmd {
	m.playing = !m.playing
	if m.playing && m.last() {
		m.show(m.ends[0])
	}
	return m.tick()
}

func (m *Model) faster() {
	switch {
	case m.Speed == 0 || m.Speed*2 > fastest:
		m.Speed = 0
	default:
		m.Speed *= 2
	}
}

func (m *Model) slower() {
	switch {
	case m.Speed == 0:
		m.Speed = fastest
	case m.Speed/2 >= slowest:
		m.Speed /= 2
	}
}
