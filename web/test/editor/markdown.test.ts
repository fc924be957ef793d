import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderer } from '../../src/editor/markdown'

const html = renderer('Image')

test('an image is a link, so that nothing is loaded from elsewhere', () => {
  const out = html('![a "cat"](https://example.org/c.png?a=1&b=2)')
  expect(out).not.toContain('<img')
  expect(out).toContain('<a href="https://example.org/c.png?a=1&amp;b=2" class="image">Image: a &quot;cat&quot;</a>')
})

test('raw HTML is shown, not obeyed', () => {
  for (const text of ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', 'a <b onclick="x">b</b>', '<!-- x -->']) {
    expect(html(text), text).not.toMatch(/<(?!\/?p\b)[a-z!]/u)
  }
})

test('a link that would run a script is not a link', () => {
  for (const text of ['[x](javascript:alert(1))', '[x](vbscript:x)', '[x](data:text/html,x)', '<javascript:alert(1)>', '![x](javascript:alert(1))']) {
    expect(html(text), text).not.toContain('href')
  }
})

test('a table is aligned by classes, as the policy allows no styles in place', () => {
  const out = html('| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |')
  expect(out).not.toContain('style')
  expect(out).toContain('<td class="to-center">2</td>')
  expect(out).toContain('<td class="to-right">3</td>')
})

test('blocks know their lines', () => {
  expect([...html('# a\n\nb\n\n- c\n- d\n').matchAll(/data-line="(\d+)"/gu)].map((m) => Number(m[1]))).toEqual(expect.arrayContaining([0, 2, 4, 5]))
})

test.each([['light', 0], ['dark', 1]])('languages are coloured at 4.5:1 in the %s theme', (_, theme) => {
  const read = (file: string): string => readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
  const colour = (css: string, name: string): number[] => {
    const hex = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(css)?.[theme + 1]
    if (!hex) throw new Error(`no --${name}`)
    return [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
  }
  // WCAG 2.2, relative luminance; the active line's tint costs a little, hence 4.8.
  const luminance = (c: number[]): number => {
    const [r, g, b] = c.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
  }
  const ground = luminance(colour(read('base/base.css'), 'ground'))
  for (const name of ['syn-word', 'syn-name', 'syn-text', 'syn-value']) {
    const it = luminance(colour(read('editor/editor.css'), name))
    expect((Math.max(it, ground) + 0.05) / (Math.min(it, ground) + 0.05), name).toBeGreaterThanOrEqual(4.8)
  }
})
