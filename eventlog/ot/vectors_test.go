package ot

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
)

// A vector is what CodeMirror computed: web/test/vectors.mjs says what each
// field is. Changes are kept as CodeMirror wrote them.
type vector struct {
	Doc                                  string
	A, B, C, Raw                         json.RawMessage
	MapF, MapT, OverF, OverT, Comp, MapC json.RawMessage
	InvA                                 json.RawMessage
	Out                                  string
	Pos                                  []int
}

func TestAgreesWithCodeMirror(t *testing.T) {
	f, err := os.Open("testdata/vectors.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	checkVectors(t, z, 5000)
}

func TestAgreesWithTheCodeMirrorThatIsHere(t *testing.T) {
	count := seeds.Rounds(20_000)
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: no node here to make other vectors")
	}
	web := filepath.Join("..", "..", "web")
	if _, err := os.Stat(filepath.Join(web, "node_modules", "@codemirror", "state")); err != nil {
		t.Skip("skipped: no @codemirror/state here to make other vectors (npm ci in web/)")
	}
	seed := seeds.For(t)
	cmd := exec.Command(node, filepath.Join("test", "vectors.mjs"), "--seed", fmt.Sprint(seed), "--count", fmt.Sprint(count))
	cmd.Dir, cmd.Stderr = web, os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	checkVectors(t, out, count)
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func TestVectorsWithAnAlteredResultAreRefused(t *testing.T) {
	const line = `{"doc":"ab","a":[2,[0,"x"]],"b":[2,[0,"y"]],"c":[3],"raw":[2,[0,"x"]],` +
		`"mapF":[3,[0,"x"]],"mapT":[2,[0,"x"],1],"overF":[3,[0,"y"]],"overT":[2,[0,"y"],1],` +
		`"comp":[2,[0,"y"]],"mapC":[3,[0,"x"]],"invA":[2,[1]],"out":"abx","pos":[0,1,2,0,1,3]}`
	if wrong := differences(line); len(wrong) > 0 {
		t.Fatalf("the vector itself: %v", wrong)
	}
	for _, r := range [][2]string{
		{`"mapF":[3,[0,"x"]]`, `"mapF":[2,[0,"x"],1]`}, {`"mapT":[2,`, `"mapT":[1,1,1,`}, {`"overF":[3,[0,"y"]]`, `"overF":[2,[0,"y"],1]`},
		{`"overT":[2,[0,"y"]`, `"overT":[2,[0,"z"]`}, {`"comp":[2,`, `"comp":[1,[1,"b"],`}, {`"mapC":[3,`, `"mapC":[4,`},
		{`"invA":[2,[1]]`, `"invA":[1,[1],1]`}, {`"out":"abx"`, `"out":"axb"`}, {`0,1,3]`, `0,1,2]`},
	} {
		if altered := strings.Replace(line, r[0], r[1], 1); altered == line || len(differences(altered)) == 0 {
			t.Errorf("%s for %s is not noticed", r[1], r[0])
		}
	}
}

// checkVectors reads one vector a line and expects count of them.
func checkVectors(t *testing.T, r io.Reader, count int) {
	t.Helper()
	n, bad := 0, 0
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for ; lines.Scan(); n++ {
		for _, wrong := range differences(lines.Text()) {
			if bad++; bad <= 10 {
				t.Errorf("vector %d: %s\n\t%s", n, wrong, lines.Text())
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
	if n != count {
		t.Errorf("read %d vectors, want %d", n, count)
	}
	t.Logf("%d vectors, %d differences", n, bad)
}

// differences computes every result of a vector and names those that are not
// byte for byte CodeMirror's, brought to shortest form.
func differences(line string) (wrong []string) {
	var v vector
	if err := json.Unmarshal([]byte(line), &v); err != nil {
		return []string{err.Error()}
	}
	read := func(name string, raw json.RawMessage) Change {
		c, err := Parse(raw)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", name, err))
		}
		return c
	}
	same := func(name string, want json.RawMessage, got Change, err error) {
		short := read(name, want).AppendJSON(nil)
		if err != nil || !bytes.Equal(short, got.AppendJSON(nil)) {
			wrong = append(wrong, fmt.Sprintf("%s: got %s, %v", name, got, err))
		}
	}
	a, b, c, raw := read("a", v.A), read("b", v.B), read("c", v.C), read("raw", v.Raw)
	doc := units(v.Doc)
	same("raw", v.A, raw, nil)
	got, err := raw.Transform(b, false)
	same("mapF", v.MapF, got, err)
	got, err = raw.Transform(b, true)
	same("mapT", v.MapT, got, err)
	got, err = b.Transform(raw, false)
	same("overF", v.OverF, got, err)
	got, err = b.Transform(raw, true)
	same("overT", v.OverT, got, err)
	comp, err := b.Compose(c)
	same("comp", v.Comp, comp, err)
	got, err = a.Transform(comp, false)
	same("mapC", v.MapC, got, err)
	got, err = a.Invert(doc)
	same("invA", v.InvA, got, err)
	if out, err := a.Apply(doc); err != nil || String(out) != v.Out {
		wrong = append(wrong, fmt.Sprintf("out: got %q, %v", String(out), err))
	}
	return append(wrong, positionDifferences(a, v.Pos)...)
}

func positionDifferences(a Change, pos []int) (wrong []string) {
	n := a.Len() + 1
	if len(pos) != 2*n {
		return []string{fmt.Sprintf("pos: %d positions for %d places", len(pos), n)}
	}
	for p := range n {
		if before, after := a.MapPos(p, -1), a.MapPos(p, 1); before != pos[p] || after != pos[n+p] {
			wrong = append(wrong, fmt.Sprintf("pos %d: got %d and %d, want %d and %d", p, before, after, pos[p], pos[n+p]))
		}
	}
	return wrong
}
