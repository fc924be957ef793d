package names

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestVersionNamesCannotBeTakenForAnythingElse(t *testing.T) {
	for _, name := range []string{"v1", "초안", "1.0", "draft 2", "x-1", strings.Repeat("가", 64)} {
		if got, err := Version(name); err != nil || got != name {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{
		"", "0", "128", "2026", "١٢", "a@b", "@", "-x", "-15m", "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00:00",
		"2026-11-22T10:00:00.5+09:00", strings.Repeat("x", 65), "a\nb", "\u200b", "\xff",
	} {
		if got, err := Version(name); err == nil {
			t.Errorf("%q is accepted as %q", name, got)
		}
	}
}

func TestANameInItsFormIsItsOwnClean(t *testing.T) {
	for in, want := range map[string]string{" Ada ": "Ada", norm.NFD.String("한글"): "한글", "e\u0301": "é", "A": "A"} {
		got, err := Title(in)
		if err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", in, got, err, want)
		}
		if err := InForm(got, Title); err != nil {
			t.Errorf("%q is not its own form: %v", got, err)
		}
		if err := InForm(in, Title); (err == nil) != (in == want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestWhatIsAskedForIsFoundInAnySpelling, and an equal name comes first. A comparison of
// bytes, the wrong twin, finds two of these.
func TestWhatIsAskedForIsFoundInAnySpelling(t *testing.T) {
	twin := 0
	list := []string{"Minutes", "MINUTES", "한글", "Straße", "ΣΊΣΥΦΟΣ", "minute"}
	for asked, want := range map[string][]string{
		"Minutes": {"Minutes"}, "MINUTES": {"MINUTES"}, "minutes": {"Minutes", "MINUTES"},
		norm.NFD.String("한글"): {"한글"}, "STRASSE": {"Straße"}, "σίσυφος": {"ΣΊΣΥΦΟΣ"}, norm.NFD.String("σίσυφος"): {"ΣΊΣΥΦΟΣ"},
		"minut": nil, "": nil,
	} {
		if slices.Contains(list, asked) {
			twin++
		}
		if got := Pick(asked, list, func(s string) string { return s }); !slices.Equal(got, want) {
			t.Errorf("%q finds %q, want %q", asked, got, want)
		}
	}
	if twin != 2 {
		t.Errorf("bytes alone find %d", twin)
	}
}

func TestExactIsOneName(t *testing.T) {
	for _, c := range []struct {
		asked string
		list  []string
		want  string
	}{
		{"ben", []string{"Ann", "Ben", "Ben"}, "Ben"}, {"ben", []string{"Ben", "BEN"}, "ben"}, {"Ben", []string{"BEN", "Ben"}, "Ben"},
		{"zoe\u0308", []string{"Zoë"}, "Zoë"}, {"be", []string{"Ben"}, "be"}, {"", nil, ""},
	} {
		if got := Exact(c.asked, c.list); got != c.want {
			t.Errorf("%q in %q is %q, want %q", c.asked, c.list, got, c.want)
		}
	}
}
