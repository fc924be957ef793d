package main

import (
	"encoding/json"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestColumnsCountWideAndMarks(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "소라": 4, "ａ": 2, "e\u0301": 1, "🌊": 2, "ᄒ\u1161\u11ab": 2, "a\u200db": 2,
	} {
		if got := columns(s); got != want {
			t.Errorf("columns(%q) = %d, want %d", s, got, want)
		}
		if got := columns(pad(s, 7)); got != 7 {
			t.Errorf("pad(%q, 7) has %d columns", s, got)
		}
		if got := columns(shorten(s+"소라소라", 5)); got > 5 {
			t.Errorf("shorten(%q, 5) has %d columns", s, got)
		}
	}
}

func TestJSONLineHidesNothingAndLosesNothing(t *testing.T) {
	in := "a\u202e\u200b\U000e0061b\x1b\u0085\u2028\ufeff\"\\<&>소라\U0001F30A\x7f"
	line := jsonLine(in)
	for _, r := range line {
		if hidden(r) || unseen(r) {
			t.Errorf("%U stands in %q", r, line)
		}
	}
	var out string
	if err := json.Unmarshal([]byte(line), &out); err != nil || out != in {
		t.Errorf("%q, %v; want %q", out, err, in)
	}
}

func TestParseTimeReadsMomentsAndHowLongAgo(t *testing.T) {
	for s, want := range map[string]time.Time{
		"2026-11-22T10:00:00Z":          time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		"2026-11-22T10:00:00.123+09:00": time.Date(2026, 11, 22, 1, 0, 0, 123e6, time.UTC),
		"2026-11-22T10:00":              time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		"2026-11-22":                    time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		"-15m":                          time.Now().Add(-15 * time.Minute),
		"-1h30m":                        time.Now().Add(-90 * time.Minute),
		"-3d":                           time.Now().AddDate(0, 0, -3),
	} {
		got, ok := parseTime(s)
		if d := got.Sub(want); !ok || d < -time.Minute || d > time.Minute {
			t.Errorf("parseTime(%q) = %v, %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "-", "--1m", "-+1m", "15m", "128", "yesterday", "-d", "-1x", "2026", "-99999999d"} {
		if got, ok := parseTime(s); ok {
			t.Errorf("parseTime(%q) = %v", s, got)
		}
	}
}

// hides and columns pass over ASCII in a hurry, and must say the same.
func TestHidesIsWhereSomethingIsHidden(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := "ab" + string(r) + "c"
		want := hidden(r) || unclear('b', r, 'c')
		if got := hides(s, false); got != want {
			t.Errorf("hides(%q) is %v, want %v", s, got, want)
		}
		if got := hides(s, true); got != (want && r != '\t') {
			t.Errorf("hides(%q), tabs apart, is %v", s, got)
		}
	}
}
