package etherpad

import (
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
	p, err := Read([]byte(small(t)))
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
	if !IsPad([]byte(small(t))) || IsPad([]byte(`{"v":1,"pad:":2}`)) {
		t.Error("IsPad is wrong")
	}
}

func TestReadRefuses(t *testing.T) {
	file := small(t)
	for name, test := range map[string]struct{ old, new, want string }{
		"not JSON":                    {`{`, ``, "not JSON"},
		"no pad":                      {`"pad:g.s8oes9dhwrvt0zif$notes":`, `"pat":`, "0 pads"},
		"two pads":                    {`{"pad`, `{"pad:x":{},"pad`, "2 pads"},
		"no head":                     {`"head"`, `"had"`, "has no head"},
		"a missing revision":          {`notes:revs:2"`, `notes:revs:9"`, "revisions 2 to 2 of 0 to 4 are missing"},
		"a cut history":               {`"head":4`, `"head":7`, "revisions 5 to 7 of 0 to 7 are missing"},
		"an older head":               {`"head":4`, `"head":3`, "revision 3: the text of all revisions differs"},
		"another text":                {`was here\n","attribs":"*3`, `was gone\n","attribs":"*3`, "revision 4: the text of all revisions differs"},
		"another length before":       {`"Z:3>9`, `"Z:4>9`, "revision 2: the changeset is for a text of 4 units, but the text has 3"},
		"another length after":        {`"Z:3>9`, `"Z:3>8`, "revision 2: the changeset states a result of 11 units, but gives 12"},
		"a keep past the end":         {`=2*5+4`, `=9*5+4`, "revision 2: operation = needs 9 units, but only 3"},
		"a break that is not counted": {`$소라`, `$소\n`, "line breaks"},
		"bank left over":              {`$ was here`, `$ was here!`, "revision 2: 1 units of the inserted text are unused"},
		"bank too short":              {`$ was here`, `$ was`, "revision 2: operation + needs 5 units, but only 0"},
		"no operation":                {`=2*5+4`, `=2*5?4`, "unit 9: =, - or + expected"},
		"not base 36":                 {`=2*5+4`, `=A*5+4`, "base 36"},
		"an endless number":           {`=2*5+4`, `=zzzzzzzzzzzzzzzzzzzz*5+4`, "too large"},
		"an atext on the way":         {`was here\n","attribs":"|1+c`, `was gone\n","attribs":"|1+c`, "revision 3: its text differs from the stated text"},
		"attributes too short":        {`"*3*4*0+1*1`, `"*3*4*0+9*1`, "do not fit"},
		"pool":                        {`["author","a.one"]`, `["author"]`, "of the pool is not a pair of key and value"},
	} {
		if !strings.Contains(file, test.old) {
			t.Fatalf("%s: the file has no %q", name, test.old)
		}
		_, err := Read([]byte(strings.Replace(file, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		var at *RevisionError
		if !errors.As(err, &at) && !errors.Is(err, ErrNoPad) && !errors.Is(err, ErrPartial) {
			t.Errorf("%s: %v is of no kind", name, err)
		}
	}
	if _, err := Read([]byte("{\"pad:\xff\":{}}")); !errors.Is(err, ErrNoPad) {
		t.Errorf("not UTF-8: %v", err)
	}
}
