package main

import (
	"fmt"
	"io"
	"strings"

	"parodywave/projection"
)

// writeMarkdown writes a text below its title, or without it if the text begins
// with a heading.
func writeMarkdown(w io.Writer, t *projection.Thread) error {
	text := t.Text()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if !strings.HasPrefix(strings.TrimLeft(text, "\n"), "# ") {
		text = fmt.Sprintf("# %s\n\n%s", markdownEscaper.Replace(t.Title), text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// markdownEscaper escapes Markdown in a title.
var markdownEscaper = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, "#", `\#`)
