package scripts

// A Merge is a text that several agents typed at the same time, kept with all
// that was ever in it, as recorded concurrent traces define their merge. Every
// character stays in one list, deleted or not. It remembers between which two
// characters it was typed, and among those typed at one place the list
// algorithm YATA gives the order in the variant that the traces' collection
// uses (Nicolaescu et al., "Near Real-Time Peer-to-Peer Shared Editing on
// Extensible Data Types", 2016; the variant compares right origins, too).
//
// A version is, for each agent, how many of its transactions are in.
type Merge struct {
	agents   int
	items    []*item
	versions [][]int // after each transaction
	counts   []int   // transactions of each agent
	agent    int
	seq      int   // of the transaction under way, from 1
	now      []int // the version that it sees, itself included
}

// An item is one character.
type item struct {
	char        byte
	agent, seq  int
	left, right *item // what it was typed between; nil is the text's end
	deleted     []deletion
}

type deletion struct{ agent, seq int }

// NewMerge returns an empty text by a number of agents.
func NewMerge(agents int) *Merge { return &Merge{agents: agents} }

// Begin begins transaction i, which sees the merge of its parents.
func (m *Merge) Begin(i, agent int, parents []int) {
	if m.counts == nil {
		m.counts = make([]int, m.agents)
	}
	m.now = make([]int, m.agents)
	for _, p := range parents {
		for a, n := range m.versions[p] {
			m.now[a] = max(m.now[a], n)
		}
	}
	m.counts[agent]++
	m.agent, m.seq = agent, m.counts[agent]
	m.now[agent] = m.seq
	m.versions = append(m.versions, m.now)
}

// known reports whether the transaction under way sees that x was typed.
func (m *Merge) known(x *item) bool { return x.seq <= m.now[x.agent] }

// visible reports whether it sees x in the text.
func (m *Merge) visible(x *item) bool {
	if !m.known(x) {
		return false
	}
	for _, d := range x.deleted {
		if d.seq <= m.now[d.agent] {
			return false
		}
	}
	return true
}

// find returns the index in the list of the character that the transaction
// sees at pos, and the position of that index in the merge of everything.
func (m *Merge) find(pos int) (index, at int) {
	for i, x := range m.items {
		if m.visible(x) {
			if pos == 0 {
				return i, at
			}
			pos--
		}
		if len(x.deleted) == 0 {
			at++
		}
	}
	return len(m.items), at
}

// Delete deletes the character at pos. It returns where that is in the merge of
// everything, and false when somebody deleted it already.
func (m *Merge) Delete(pos int) (int, bool) {
	i, at := m.find(pos)
	x := m.items[i]
	first := len(x.deleted) == 0
	x.deleted = append(x.deleted, deletion{m.agent, m.seq})
	return at, first
}

// Insert types a character at pos, and returns where it comes to stand in the
// merge of everything.
func (m *Merge) Insert(pos int, char byte) int {
	x := &item{char: char, agent: m.agent, seq: m.seq}
	left := -1
	if pos > 0 {
		left, _ = m.find(pos - 1)
		x.left = m.items[left]
	}
	right := left + 1
	for right < len(m.items) && !m.known(m.items[right]) {
		right++
	}
	if right < len(m.items) {
		x.right = m.items[right]
	}
	at := m.place(x, left, right)
	m.items = append(m.items, nil)
	copy(m.items[at+1:], m.items[at:])
	m.items[at] = x
	before := 0
	for _, y := range m.items[:at] {
		if len(y.deleted) == 0 {
			before++
		}
	}
	return before
}

// place returns the index for x among those that others typed between left and
// right at the same time.
func (m *Merge) place(x *item, left, right int) int {
	at, passing := left+1, false
	for i := left + 1; i < right; i++ {
		y := m.items[i]
		yLeft, yRight := m.index(y.left, -1), m.index(y.right, len(m.items))
		if yLeft < left || yLeft == left && yRight == right && x.agent < y.agent {
			break
		}
		if yLeft == left {
			passing = yRight < right
		}
		if !passing {
			at = i + 1
		}
	}
	return at
}

func (m *Merge) index(x *item, none int) int {
	for i, y := range m.items {
		if x == y {
			return i
		}
	}
	return none
}

// Text returns the merge of everything.
func (m *Merge) Text() string {
	var out []byte
	for _, x := range m.items {
		if len(x.deleted) == 0 {
			out = append(out, x.char)
		}
	}
	return string(out)
}
