// Markdown as HTML that loads nothing: no raw HTML, images as links, no inline
// styles. preview.tsx sanitizes it before it is shown; this is the first of two
// fences.

import MarkdownIt from 'markdown-it'

/** attribute holds the line, from 0, at which a block begins. */
export const attribute = 'data-line'

/** renderer returns the HTML of a text; image is the word to show for one. */
export function renderer(image: string): (text: string) => string {
  const md = new MarkdownIt({ html: false, linkify: true, typographer: false })
  md.renderer.rules.image = (tokens, i) => {
    const token = tokens[i]!
    const name = token.content ? `${image}: ${token.content}` : image
    return `<a href="${md.utils.escapeHtml(String(token.attrGet('src') ?? ''))}" class="image">${md.utils.escapeHtml(name)}</a>`
  }
  md.core.ruler.push('lines', (state) => {
    for (const token of state.tokens) {
      if (token.map && token.nesting >= 0) token.attrSet(attribute, String(token.map[0]))
      // The alignment of a table cell is an inline style, which the page's policy forbids.
      const aligned = /text-align:(left|center|right)/u.exec(String(token.attrGet('style') ?? ''))
      if (!aligned) continue
      token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
      token.attrJoin('class', `to-${aligned[1]}`)
    }
  })
  return (text) => md.render(text)
}
