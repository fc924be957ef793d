package migrations_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
)

// TestNetLawChangedTheseRows lists all that the net law answers otherwise of the frozen
// logs than the rule before it, whose answers are in by-keystroke.json. Bytes, chains,
// texts, revisions and kinds are the same.
func TestNetLawChangedTheseRows(t *testing.T) {
	// Ann joined "two" and "three" and then changed the result: of the units that were
	// there when she came, both lines give three, and the older identity stays.
	want := map[string][]string{"v1": {"3.0 9 is 2.0 9"}, "v2": {"3.0 53 is 2.0 53"}}
	for _, version := range []string{"v1", "v2"} {
		var was, is frozen
		for file, f := range map[string]*frozen{"by-keystroke": &was, "expected": &is} {
			raw, err := os.ReadFile("testdata/" + version + "/" + file + ".json")
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, f); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for i := range was.Streams {
			for k, a := range was.Streams[i].Rows {
				b := is.Streams[i].Rows[k]
				if a != b {
					got = append(got, fmt.Sprintf("%s %d is %s %d", a.ID, a.Revision, b.ID, b.Revision))
				}
			}
			was.Streams[i].Rows, is.Streams[i].Rows = nil, nil
		}
		if !slices.Equal(got, want[version]) {
			t.Errorf("%s: rows %v, want %v", version, got, want[version])
		}
		if a, b := fmt.Sprintf("%+v", was), fmt.Sprintf("%+v", is); a != b {
			t.Errorf("%s: more than rows has changed", version)
		}
	}
}
