package player

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Changes are marked by more than colour: inserted text is bold and underlined,
// deleted text struck through.
var (
	styles = [...]lipgloss.Style{
		kept:     lipgloss.NewStyle(),
		inserted: lipgloss.NewStyle().Bold(true).Underline(true).Foreground(lipgloss.Color("#06280f")).Background(lipgloss.Color("#a6e3a1")),
		deleted:  lipgloss.NewStyle().Strikethrough(true).Foreground(lipgloss.Color("#3a0a0a")).Background(lipgloss.Color("#f2b8b5")),
	}
	faint   = lipgloss.NewStyle().Faint(true)
	strong  = lipgloss.NewStyle().Bold(true)
	barred  = lipgloss.NewStyle().Reverse(true)
	stopped = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("1"))
)

// palette has distinguishable colours that are readable on dark and on light
// backgrounds.
var palette = []color.Color{
	lipgloss.Color("#3b82f6"), lipgloss.Color("#d97706"), lipgloss.Color("#16a34a"), lipgloss.Color("#db2777"), lipgloss.Color("#7c5cff"),
	lipgloss.Color("#0d9488"), lipgloss.Color("#dc2626"), lipgloss.Color("#808b1f"), lipgloss.Color("#a855a0"), lipgloss.Color("#6b7f94"),
}

// ink returns the style of an author.
func ink(author int) lipgloss.Style {
	return lipgloss.NewStyle().Foreground(palette[author%len(palette)])
}

// draw renders cells.
func draw(all []cell) string {
	var b strings.Builder
	for i := 0; i < len(all); {
		k := i
		var run strings.Builder
		for ; k < len(all) && all[k].touch == all[i].touch; k++ {
			run.WriteString(all[k].text)
		}
		if t := all[i].touch; t == kept {
			b.WriteString(run.String())
		} else {
			b.WriteString(styles[t].Render(run.String()))
		}
		i = k
	}
	return b.String()
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// fit cuts s, which may be styled, to a width with a …, or pads it.
func fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if n := ansi.StringWidth(s); n <= width {
		return s + spaces(width-n)
	}
	s = ansi.Truncate(s, width, "…")
	return s + spaces(width-ansi.StringWidth(s))
}
