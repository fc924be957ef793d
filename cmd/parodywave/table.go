package main

import (
	"fmt"
	"io"
	"strings"
)

// A table prints rows with aligned columns. The last column is not padded.
type table struct {
	head  []string // nil for none
	right string   // a digit for each column: 1 aligns it right
	rows  [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	all := t.rows
	if t.head != nil {
		all = append([][]string{t.head}, t.rows...)
	}
	widths := make([]int, len(all[0]))
	for _, row := range all {
		for i, cell := range row[:len(row)-1] {
			widths[i] = max(widths[i], columns(cell))
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, cell := range row {
			switch {
			case i == len(row)-1:
				b.WriteString(cell)
			case i < len(t.right) && t.right[i] == '1':
				b.WriteString(strings.Repeat(" ", widths[i]-columns(cell)) + cell + "  ")
			default:
				b.WriteString(pad(cell, widths[i]) + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
