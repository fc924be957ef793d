// Markdown as HTML that asks nothing of anybody: no raw HTML, images as links,
// nothing styled in place. What stands here is still cleaned before it is shown
// (preview.tsx); this is the first of two fences.

import MarkdownIt from 'markdown-it'

/** attribute carries the line, from 0, that a block begins at. */
export const attribute = 'data-line'

/** renderer makes the HTML of a text; image is the word for one. */
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
      // The alignment of a table's cell comes as a style, which the page's policy forbids.
      const aligned = /text-align:(left|center|right)/u.exec(String(token.attrGet('style') ?? ''))
      if (!aligned) continue
      token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
      token.attrJoin('class', `to-${aligned[1]}`)
    }
  })
  return (text) => md.render(text)
}
