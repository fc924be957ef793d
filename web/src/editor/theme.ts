// What CodeMirror's own parts look like: they use the page's CSS variables, which know light and dark.

import { EditorView } from '@codemirror/view'

const tint = (colour: string, share: number): string => `color-mix(in srgb, var(${colour}) ${share}%, transparent)`

export const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent', fontSize: '15px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overflow: 'auto', overscrollBehavior: 'contain' },
  '.cm-content': { padding: '16px 0 40vh', caretColor: 'var(--ink)', wordBreak: 'normal' },
  '.cm-line': { padding: '0 24px 0 8px' },
  '.cm-cursor, .cm-dropCursor': { borderLeft: '2px solid var(--ink)', marginLeft: '-1px' },
  '.cm-selectionBackground': { background: tint('--quiet', 24) },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': { background: tint('--accent', 28) },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: tint('--ink', 3.5) },
  '.cm-gutters': { backgroundColor: 'var(--ground)', color: 'var(--quiet)', border: '0' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLineGutter': { color: 'var(--ink)' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 8px 0 16px', minWidth: '40px', fontSize: '13px', lineHeight: '24px', fontVariantNumeric: 'tabular-nums' },
  '.cm-placeholder': { color: 'var(--quiet)', fontFamily: 'var(--sans)', whiteSpace: 'pre-wrap' },
  '.cm-specialChar': { color: 'var(--wrong)' },
  '.cm-searchMatch': { backgroundColor: tint('--accent', 20), outline: `1px solid ${tint('--accent', 45)}`, borderRadius: '2px' },
  '.cm-searchMatch.cm-searchMatch-selected': { backgroundColor: tint('--accent', 45) },
  '.cm-selectionMatch': { backgroundColor: tint('--quiet', 20) },
  '.cm-panels': { backgroundColor: 'var(--ground)', color: 'var(--ink)', zIndex: '3' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--rule)' },
})
