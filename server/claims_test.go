package server

import (
	"fmt"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/server/internal/people"
)

// An editor is a client in text mode that knows only the head.
type editor struct {
	*client
	id   string
	seq  int
	head float64
	text string
}

func edit(t *testing.T, url string, thread eventlog.Stream, user, client string) *editor {
	e := &editor{client: dial(t, url, "/ws"), id: client}
	e.send(fmt.Sprintf(`{"type":"join","user":"%s","id":"%s","mode":"text","client":"%s"}`, user, thread, client))
	join := e.want("join")
	e.head, e.text = join["rev"].(float64), join["text"].(string)
	return e
}

// change replaces the bytes from..to of the text, which must be ASCII, and returns the
// entry. The claim may be "".
func (e *editor) change(from, to int, insert, claim string) map[string]any {
	e.t.Helper()
	e.seq++
	var sections []string
	keep := func(n int) {
		if n > 0 {
			sections = append(sections, fmt.Sprint(n))
		}
	}
	keep(from)
	replaced := fmt.Sprintf("[%d", to-from)
	if insert != "" {
		for _, line := range strings.Split(insert, "\n") {
			replaced += fmt.Sprintf(",%q", line)
		}
	}
	sections = append(sections, replaced+"]")
	keep(len(e.text) - to)
	if claim != "" {
		claim = `,"claims":[[0,` + claim + `]]`
	}
	e.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":%d,"rev":%v,"changes":[[%s]]%s}`, e.id, e.seq, e.head, strings.Join(sections, ","), claim))
	e.text = e.text[:from] + insert + e.text[to:]
	for {
		for _, u := range e.want("update")["updates"].([]any) {
			u := u.(map[string]any)
			e.head = u["rev"].(float64)
			if u["client"] == e.id {
				return u
			}
		}
	}
}

// follow reads entries up to a revision, after which the text reads so.
func (e *editor) follow(rev float64, text string) {
	for e.head < rev {
		for _, u := range e.want("update")["updates"].([]any) {
			e.head = u.(map[string]any)["rev"].(float64)
		}
	}
	e.text = text
}

// blamed returns who wrote the characters of a thread, and who changed its lines.
func blamed(t *testing.T, url string, thread eventlog.Stream) string {
	t.Helper()
	c := dial(t, url, "/ws")
	c.send(fmt.Sprintf(`{"type":"join","user":"Zoe","id":"%s","mode":"text","client":"01J9Z4000000000000000000ZZ"}`, thread))
	blame := c.want("join")["blame"].(map[string]any)
	authors := blame["authors"].([]any)
	name := func(i any) string { return authors[int(i.(float64))].(map[string]any)["name"].(string) }
	var spans, lines []string
	for _, s := range blame["spans"].([]any) {
		s := s.([]any)
		spans = append(spans, fmt.Sprintf("%v %s", s[0], name(s[2])))
	}
	for _, l := range blame["lines"].([]any) {
		lines = append(lines, name(l.([]any)[1]))
	}
	return strings.Join(spans, ", ") + ": " + strings.Join(lines, " ")
}

// Text that comes back is its first author's, over the socket and after a restart. The
// same edits without claims are the control.
func TestTextThatComesBackKeepsItsAuthor(t *testing.T) {
	const ben, cem = "01J9Z40000000000000000000B", "01J9Z40000000000000000000C"
	for name, c := range map[string]struct {
		do           func(ben, cem *editor, claim func(string) string)
		want, unsaid string
	}{
		"everything deleted and undone": {func(b, _ *editor, claim func(string) string) {
			b.change(0, 13, "", "")
			b.change(0, 0, "one\ntwo\nthree", claim(`{"undoes":[1,1]}`))
		}, "13 Ada: Ada Ada Ada", "13 Ben: Ada Ada Ada"},
		"a line deleted, others type, undo": {func(b, c *editor, claim func(string) string) {
			b.change(4, 8, "", "")
			c.follow(b.head, b.text)
			c.change(0, 0, "x", "")
			c.change(1, 1, "y", "")
			b.follow(c.head, c.text)
			b.change(6, 6, "two\n", claim(`{"undoes":[1,1]}`))
		}, "1 Cem, 1 Cem, 13 Ada: Cem Ada Ada", "1 Cem, 1 Cem, 4 Ada, 4 Ben, 5 Ada: Cem Ada Ada"},
		"a paragraph cut and pasted elsewhere": {func(b, _ *editor, claim func(string) string) {
			b.change(4, 8, "", "")
			b.change(0, 0, "two\n", claim(`{"pastes":1}`))
		}, "13 Ada: Ada Ada Ada", "4 Ben, 9 Ada: Ben Ada Ada"},
		"eight Backspaces and one undo": {func(b, _ *editor, claim func(string) string) {
			for i := range 8 {
				b.change(12-i, 13-i, "", "")
			}
			b.change(5, 5, "wo\nthree", claim(`{"undoes":[1,8]}`))
		}, "13 Ada: Ada Ada Ada", "5 Ada, 8 Ben: Ada Ada Ada"},
		"a word, others type in its line, undo and redo and undo": {func(b, c *editor, claim func(string) string) {
			b.change(8, 13, "", "")
			c.follow(b.head, b.text)
			c.change(8, 8, "!", "")
			b.follow(c.head, c.text)
			b.change(8, 8, "three", claim(`{"undoes":[1,1]}`))
			b.change(8, 13, "", claim(`{"undoes":[2,2]}`))
			b.change(8, 8, "three", claim(`{"undoes":[3,3]}`))
		}, "13 Ada, 1 Cem: Ada Ada Cem", "8 Ada, 5 Ben, 1 Cem: Ada Ada Ben"},
	} {
		t.Run(name, func(t *testing.T) {
			for claimed, want := range map[bool]string{true: c.want, false: c.unsaid} {
				log := eventlog.NewMemory()
				s, url := start(t, log)
				thread, err := s.api.NewThread(t.Context(), "T", "one\ntwo\nthree", people.Identity{Name: "Ada", Kind: "cli"})
				if err != nil {
					t.Fatal(err)
				}
				c.do(edit(t, url, thread, "Ben", ben), edit(t, url, thread, "Cem", cem), func(claim string) string {
					if claimed {
						return claim
					}
					return ""
				})
				if got := blamed(t, url, thread); got != want {
					t.Errorf("claimed %t: %s, want %s", claimed, got, want)
				}
				_, again := start(t, log)
				if got := blamed(t, again, thread); got != want {
					t.Errorf("claimed %t, after a restart: %s, want %s", claimed, got, want)
				}
			}
		})
	}
}

// A client in line mode gets the line's earlier author again when somebody else's slip
// is undone. Its receipts count as before.
func TestLineModeLearnsWhoseALineIsAgain(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	thread, err := s.api.NewThread(t.Context(), "T", "one\ntwo", people.Identity{Name: "Ada", Kind: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	deck := dial(t, url, "/ws")
	deck.send(fmt.Sprintf(`{"type":"join","user":"Dov","id":"%s"}`, thread))
	deck.want("join")
	b := edit(t, url, thread, "Ben", "01J9Z40000000000000000000B")
	for _, step := range []struct {
		from, to            int
		insert, claim, user string
		value               string
	}{
		{0, 0, "x", "", "Ben", "xone"},
		{0, 1, "", "", "Ada", "one"}, // taken back
		{0, 2, "", "", "Ben", "e"},
		{0, 0, "on", `{"undoes":[3,3]}`, "Ada", "one"},
	} {
		b.change(step.from, step.to, step.insert, step.claim)
		if u := deck.want("update"); u["user"] != step.user || u["value"] != step.value || u["line"] != 0.0 || u["mine"] != nil {
			t.Fatalf("after %+v: %v", step, u)
		}
	}
	deck.send(`{"type":"new","value":"three"}`)
	if u := deck.want("update"); u["mine"] != true || u["line"] != 2.0 || u["user"] != "Dov" || u["value"] != "three" {
		t.Errorf("receipt is %v", u)
	}
	b.follow(b.head+1, "one\ntwo\nthree")
	b.change(0, 4, "", "")
	b.change(0, 0, "one\n", `{"undoes":[5,5]}`)
	deck.send(`{"type":"update","value":"three!"}`)
	for joins := 0; ; {
		switch m := deck.first("join", "update", "error"); {
		case m["type"] == "error":
			t.Fatal(m)
		case m["type"] == "join":
			if joins++; joins > 3 {
				t.Fatal("no receipt came")
			}
			rows := m["data"].([]any)
			if first := rows[0].(map[string]any); len(rows) == 3 && (first["user"] != "Ada" || first["value"] != "one") {
				t.Errorf("the line came back as %v", first)
			}
		case m["mine"] == true:
			if m["line"] != 2.0 || m["value"] != "three!" || m["gone"] != nil {
				t.Errorf("receipt is %v", m)
			}
			return
		}
	}
}
