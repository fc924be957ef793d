// The colours of languages: few and quiet, so that a coloured text still reads
// as text. editor.css has them for both themes.

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags as t } from '@lezer/highlight'
import { kinds } from './languages'

const style = HighlightStyle.define([
  { tag: [t.keyword, t.modifier, t.operatorKeyword, t.controlKeyword, t.definitionKeyword, t.moduleKeyword], color: 'var(--syn-word)' },
  { tag: [t.tagName, t.typeName, t.className, t.namespace, t.attributeName, t.propertyName, t.labelName], color: 'var(--syn-name)' },
  { tag: [t.string, t.special(t.string), t.regexp, t.character, t.attributeValue, t.inserted], color: 'var(--syn-text)' },
  { tag: [t.number, t.bool, t.null, t.atom, t.unit, t.color, t.escape], color: 'var(--syn-value)' },
  { tag: [t.comment, t.meta, t.processingInstruction, t.documentMeta], color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [t.deleted, t.invalid], color: 'var(--wrong)' },
  { tag: t.heading, fontWeight: '600' },
  { tag: t.strong, fontWeight: '600' },
  { tag: t.emphasis, fontStyle: 'italic' },
  { tag: t.strikethrough, textDecoration: 'line-through' },
  { tag: [t.link, t.url], color: 'var(--accent)' },
  { tag: [t.monospace, t.contentSeparator], color: 'var(--syn-text)' },
  { tag: [t.quote], color: 'var(--quiet)' },
])

export const highlighting = syntaxHighlighting(style)

/** load fetches what colours a language, by its id in languages.ts; plain text needs nothing. */
export async function load(id: string): Promise<Extension> {
  if (!Object.hasOwn(kinds, id)) return []
  return (await import('./grammars')).grammar(id)
}
