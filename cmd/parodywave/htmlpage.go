package main

import (
	"html/template"
	"io"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
)

// authorColours is the number of colours for authors.
const authorColours = 12

// A pageRow is a line of the page. Author is empty if the line above has the same.
type pageRow struct {
	Number int
	Author string
	Colour int
	Time   string
	Text   string
	Done   bool // submitted
}

// writePage writes one self-contained HTML page: no script, no font, no request.
// html/template escapes texts and names.
func writePage(w io.Writer, s *source, t *projection.Thread) error {
	page := struct {
		Title    string
		Revision eventlog.Revision
		Time     string
		Authors  []pageRow
		Rows     []pageRow
	}{Title: disarmed(t.Title), Revision: t.Revision, Time: stamp(t.UpdatedAt)}
	colours := map[eventlog.AuthorID]int{}
	var last eventlog.AuthorID
	count := t.CountedLines()
	for row := range t.Rows() {
		if row.Line == count {
			break
		}
		colour, known := colours[row.Author]
		if !known {
			colour = len(colours) % authorColours
			colours[row.Author] = colour
			page.Authors = append(page.Authors, pageRow{Author: disarmed(s.name(row.Author)), Colour: colour})
		}
		line := pageRow{Number: row.Line + 1, Colour: colour, Time: stamp(row.Time), Text: disarmedLine(t.Content(row)), Done: row.Submitted}
		if row.Line == 0 || row.Author != last {
			line.Author = disarmed(s.name(row.Author))
		}
		last = row.Author
		page.Rows = append(page.Rows, line)
	}
	return htmlPage.Execute(w, page)
}

var htmlPage = template.Must(template.New("page").Parse(strings.TrimLeft(`
<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; --ground: light-dark(#fcfcfa, #161716); --ink: light-dark(#1d1d1b, #e4e3de); --quiet: light-dark(#63635e, #9a9993) }
body { max-width: 60rem; margin: 0 auto; padding: 24px; background: var(--ground); color: var(--ink); font: 15px/1.6 system-ui, sans-serif }
h1 { font-size: 22px; margin: 0 }
p { margin: 0 0 24px; color: var(--quiet); font-size: 13px }
table { border-collapse: collapse; width: 100% }
td { padding: 0 12px 0 0; vertical-align: top; font-size: 13px; color: var(--quiet); white-space: nowrap }
td.n { text-align: right; font-variant-numeric: tabular-nums }
td.t { width: 100%; padding-left: 12px; border-left: 2px solid var(--author); color: var(--ink); font: 15px/1.6 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.a { color: var(--author); font-weight: 600 }
.c0 { --author: light-dark(#006ebe, #63b0fc) } .c1 { --author: light-dark(#8a0700, #febfb4) } .c2 { --author: light-dark(#0b6d32, #47aa62) }
.c3 { --author: light-dark(#9346a4, #d28ce1) } .c4 { --author: light-dark(#5e4205, #fec766) } .c5 { --author: light-dark(#12676b, #10a6ad) }
.c6 { --author: light-dark(#b03968, #f183a7) } .c7 { --author: light-dark(#414e00, #c5de70) } .c8 { --author: light-dark(#4d49b1, #8286e6) }
.c9 { --author: light-dark(#a94e00, #f08e54) } .c10 { --author: light-dark(#015545, #51efcc) } .c11 { --author: light-dark(#94296f, #cd6ca6) }
@media print { body { padding: 0 } tr { break-inside: avoid } }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p>Revision {{.Revision}}, {{.Time}}{{range $i, $a := .Authors}}{{if $i}}, {{else}}: {{end}}<span class="a c{{$a.Colour}}">{{$a.Author}}</span>{{end}}</p>
<table>
{{- range .Rows}}
<tr class="c{{.Colour}}"><td class="a" title="{{.Time}}">{{.Author}}</td><td class="n">{{.Number}}</td><td>{{if .Done}}<span title="finished">✓</span>{{end}}</td><td class="t">{{.Text}}</td></tr>
{{- end}}
</table>
</body>
</html>
`, "\n")))
