package wire

import (
	"strings"
	"testing"
)

func TestNamesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"Ada":                                  "Ada",
		"  Ada L. ":                            "Ada L.",
		"\u00a0Ada\u3000":                      "Ada",
		"Zoe\u0308":                            "Zo\u00eb",
		"\u1112\u1161\u11ab\u1100\u1173\u11af": "한글",
		"👩‍💻":                                  "👩‍💻", // a joiner between two visible characters stays
		"🏳️":                                   "🏳️",
		"\U0001fae9":                           "\U0001fae9", // younger than most tables
		"عمر\u200f":                            "عمر\u200f",  // a mark of direction turns nothing around
		strings.Repeat("e\u0301", 64):          strings.Repeat("é", 64),
	} {
		got, err := CleanUser(in, DefaultLimits())
		if err != nil || got != want {
			t.Errorf("CleanUser(%q) = %q, %v, want %q", in, got, err, want)
		}
		if again, err := CleanUser(got, DefaultLimits()); err != nil || again != got {
			t.Errorf("CleanUser(%q) = %q, %v: not itself", got, again, err)
		}
	}
}

func TestNamesThatMisleadAreRefused(t *testing.T) {
	for _, s := range []string{
		"", " ", "\u3000", "a\nb", "a\n", "\ta", "a\x00", "a\x7f", "a\u009f", "a\u2029",
		"a\u202ab", "a\u202eb", "a\u2066b", "a\u2069b",
		"\u200b", "\u200d\u2060", "\ufeff", "\u00ad", "\u3164", "\u115f\u1160", "\uffa0", "\u2800", "\u034f", "\ufe0f", "\U000e0041", "\u0301",
		"\xff", strings.Repeat("a", 65), strings.Repeat("é", 65), strings.Repeat("a", 1<<20),
	} {
		if got, err := CleanUser(s, DefaultLimits()); err == nil || err.Code != BadValue {
			t.Errorf("CleanUser(%.40q) = %.40q, %v, want bad_value", s, got, err)
		}
	}
}

func TestTitlesMayBeLongerThanNames(t *testing.T) {
	if _, err := CleanTitle(strings.Repeat("é", 200), DefaultLimits()); err != nil {
		t.Error(err)
	}
	if _, err := CleanTitle(strings.Repeat("é", 201), DefaultLimits()); err == nil {
		t.Error("a title of 201 characters is taken")
	}
}
