package etherpad

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

// small is a pad as Etherpad writes one, with what is rare in it: an author
// without a name, a list, a saved revision, a clock that went back, text put in
// in another's name.
func small(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("testdata/small.etherpad")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestReadTellsWhatIsRare(t *testing.T) {
	p, err := Read(t.Context(), []byte(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string16(textOf(t, p)), "*소라 was here\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if p.ID != "g.s8oes9dhwrvt0zif$notes" || p.Authors["a.one"] != "소라" || p.Authors["a.two"] != "" || len(p.Authors) != 3 {
		t.Errorf("pad %s by %q", p.ID, p.Authors)
	}
	if p.Delayed != 1 || p.Revisions[3].Time != p.Revisions[2].Time || p.Others != 5 || p.Mended != 0 {
		t.Errorf("delayed %d, of others %d, mended %d", p.Delayed, p.Others, p.Mended)
	}
	if p.Formats["list"] != 1 || p.Formats["bold"] != 1 || p.Formats["author colours"] != 1 {
		t.Errorf("dropped %v", p.Formats)
	}
	if len(p.Saved) != 1 || p.Saved[0] != (Saved{2, "first draft", "a.one", 1700000003500}) {
		t.Errorf("saved %+v", p.Saved)
	}
	if w := p.Writers(); len(w) != 5 || w[2] != (Writer{"a.two", 4}) {
		t.Errorf("writers %+v", w)
	}
	if !IsPad([]byte(small(t))) || IsPad([]byte(`{"v":1,"pads":2}`)) || IsPad([]byte(`{"pad:x`)) || IsPad([]byte("pad:x")) {
		t.Error("IsPad is wrong")
	}
}

// TestABrokenHistoryComesUpToThere: the revisions before are whole, the error names the
// broken one, and the text is the pad's.
func TestABrokenHistoryComesUpToThere(t *testing.T) {
	file := small(t)
	for name, test := range map[string]struct {
		old, new, want string
		whole, lost    int
	}{
		"a missing revision":          {`notes:revs:2"`, `notes:revs:9"`, "revision 2: it is missing", 2, 3},
		"no revision":                 {`notes:revs:0"`, `notes:revs:9"`, "revision 0: it is missing", 0, 5},
		"a cut history":               {`"head":4`, `"head":7`, "revision 5: it is missing", 5, 3},
		"a head beyond all":           {`"head":4`, `"head":9007199254740991`, "revision 5: it is missing", 5, 9007199254740987},
		"an older head":               {`"head":4`, `"head":3`, "revision 3: the text of all revisions differs", 4, 0},
		"another text":                {`was here\n","attribs":"*3`, `was gone\n","attribs":"*3`, "revision 4: the text of all revisions differs", 5, 0},
		"another length before":       {`"Z:3>9`, `"Z:4>9`, "revision 2: the changeset is for a text of 4 units, but the text has 3", 2, 3},
		"another length after":        {`"Z:3>9`, `"Z:3>8`, "revision 2: the changeset states a result of 11 units, but gives 12", 2, 3},
		"a keep past the end":         {`=2*5+4`, `=9*5+4`, "revision 2: operation = needs 9 units, but only 3", 2, 3},
		"a break that is not counted": {`$소라`, `$소\n`, "revision 1: operation + states", 1, 4},
		"an emoji of four units":      {`$소라`, `$소????`, "revision 1: 3 units of the inserted text are unused", 1, 4},
		"bank left over":              {`$ was here`, `$ was here!`, "revision 2: 1 units of the inserted text are unused", 2, 3},
		"bank too short":              {`$ was here`, `$ was`, "revision 2: operation + needs 5 units, but only 0", 2, 3},
		"no operation":                {`=2*5+4`, `=2*5?4`, "unit 9: =, - or + expected", 2, 3},
		"not base 36":                 {`=2*5+4`, `=A*5+4`, "base 36", 2, 3},
		"an endless number":           {`=2*5+4`, `=zzzzzzzzzzzzzzzzzzzz*5+4`, "too large", 2, 3},
		"an atext on the way":         {`was here\n","attribs":"|1+c`, `was gone\n","attribs":"|1+c`, "revision 3: its text differs from the stated text", 3, 2},
	} {
		if !strings.Contains(file, test.old) {
			t.Fatalf("%s: the file has no %q", name, test.old)
		}
		p, err := Read(t.Context(), []byte(strings.Replace(file, test.old, test.new, 1)))
		if err != nil || p.Broken == nil || !strings.Contains(p.Broken.Error(), test.want) {
			t.Errorf("%s: %+v, %v, want %q", name, p, err, test.want)
			continue
		}
		if len(p.Revisions) != test.whole || p.Lost != test.lost {
			t.Errorf("%s: %d revisions are whole and %d lost, want %d and %d", name, len(p.Revisions), p.Lost, test.whole, test.lost)
		}
		if text := string16(p.Text); text != "*소라 was here\n" && text != "*소라 was gone\n" {
			t.Errorf("%s: the pad's text is %q", name, text)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	file := small(t)
	for name, test := range map[string]struct{ old, new, want string }{
		"not JSON": {`{`, ``, "not JSON"},
		"no pad":   {`"pad:g.s8oes9dhwrvt0zif$notes":`, `"pat":`, "0 pads"},
		"two pads": {`{"pad`, `{"pad:x":{"head":0},"pad`, "2 pads"},
		"no head":  {`"head"`, `"had"`, "has no head"},
		"pool":     {`["author","a.one"]`, `["author"]`, "of the pool is not a pair of key and value"},
	} {
		if !strings.Contains(file, test.old) {
			t.Fatalf("%s: the file has no %q", name, test.old)
		}
		_, err := Read(t.Context(), []byte(strings.Replace(file, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) || !errors.Is(err, ErrNoPad) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if _, err := Read(t.Context(), []byte("{\"pad:\xff\":{}}")); !errors.Is(err, ErrNoPad) {
		t.Errorf("not UTF-8: %v", err)
	}
}

// TestExportsOfAnyMakeAreRead: with a byte order mark, with keys in any order, with the
// colon of etherpad-go behind the pad's id, with an empty atext in each revision, with
// keys of plugins, and with colours that do not fit.
func TestExportsOfAnyMakeAreRead(t *testing.T) {
	file := small(t)
	const id = "pad:g.s8oes9dhwrvt0zif$notes"
	authors := strings.Index(file, `"globalAuthor:`)
	for name, made := range map[string]string{
		"bom":         "\ufeff" + file,
		"order":       "{" + file[authors:strings.LastIndex(file, "}")] + "," + file[1:authors-1] + "}",
		"etherpad-go": strings.ReplaceAll(file, `"`+id+`":`, `"`+id+`:":`),
		"empty atext": strings.ReplaceAll(file, `"timestamp":17000000020`, `"atext":{"text":"","attribs":""},"timestamp":17000000020`),
		"a plugin":    strings.Replace(file, "{", `{"`+id+`:ep_x":{"a":1},`, 1),
		"colours":     strings.Replace(file, `"*3*4*0+1*1`, `"*3*4*0+9*1`, 1),
		"spaces":      " \r\n" + file,
	} {
		p, err := Read(t.Context(), []byte(made))
		if err != nil || p.Broken != nil || p.ID != "g.s8oes9dhwrvt0zif$notes" || len(p.Revisions) != 5 || !IsPad([]byte(made)) {
			t.Errorf("%s: %+v, %v, is a pad: %v", name, p, err, IsPad([]byte(made)))
		}
	}
	made := strings.Replace(file, "{", `{"`+id+`:chat:0":{"text":"hi"},"`+id+`:chat:1":{},"comments:`+id+`":{"c-1":{},"c-2":{},"c-3":{}},"comment-replies:x":{},`, 1)
	if p, err := Read(t.Context(), []byte(made)); err != nil || len(p.Dropped) != 2 || p.Dropped["chat"] != 2 || p.Dropped["comments"] != 3 {
		t.Errorf("dropped %+v, %v", p, err)
	}
}

// TestReadEndsWithItsContext at the next revision.
func TestReadEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if p, err := Read(ctx, []byte(small(t))); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", p, err)
	}
}
