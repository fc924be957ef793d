package player

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"parodywave/eventlog"
)

const (
	// beat is the shortest time between two frames.
	beat = 33 * time.Millisecond
	// wholeBeats is the number of beats in which speed max plays the whole
	// history: ten seconds.
	wholeBeats = 300
	// slowest and fastest bound the speeds that the keys set; above fastest is max.
	slowest, fastest = 0.25, 4096
)

type tickMsg int

// tick starts the timer for the next step.
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

// pause returns the time between two revisions at the current speed.
func (m *Model) pause(a, b eventlog.Revision) time.Duration {
	if m.Speed == 0 {
		return 0
	}
	gap := float64(m.History.Time(b)-m.History.Time(a)) * float64(time.Millisecond)
	return min(time.Duration(gap/m.Speed), m.LongestPause)
}

// play goes forward by the steps that fit into a beat, at least one, and stops at a
// hit or at the end.
func (m *Model) play() {
	if !m.ready() {
		return // wait for the hits of the breakpoints
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
