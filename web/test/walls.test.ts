// Who may import whom, as cmd/parodywave/walls_test.go says it for Go. A room is
// a folder of src; imports of types count, and so do those made while running.

import { expect, test } from 'vitest'

/** A wall says what the files of a room may reach, directly or through others. */
interface Wall {
  room: string
  /** The only other rooms it may import. */
  only: string[]
  /** The only packages its own files may import. */
  packages: string[]
  reason: string
}

const PREACT = ['preact', 'preact/hooks']
const CODEMIRROR = ['@codemirror/state', '@codemirror/view']

const walls: Wall[] = [
  { room: 'base', only: [], packages: PREACT,
    reason: 'every page loads it' },
  { room: 'editor/session', only: ['base'], packages: ['@codemirror/state', '@codemirror/view'],
    reason: 'the conversation with the server runs without a page: in tests, and in the inbox, which sends what closed pages left' },
  { room: 'editor/blame', only: ['base', 'editor/session'], packages: [...CODEMIRROR, ...PREACT],
    reason: 'the gutter follows the log and knows nothing of the page around it' },
  { room: 'editor', only: ['base', 'editor/session', 'editor/blame', 'history'],
    packages: [...CODEMIRROR, ...PREACT, '@codemirror/commands', '@codemirror/language', '@codemirror/lang-*', '@codemirror/legacy-modes/*', '@codemirror/search', '@lezer/highlight', 'dompurify', 'markdown-it'],
    reason: 'the page of a thread is the top' },
  { room: 'history', only: ['base'], packages: [...CODEMIRROR, ...PREACT, '@codemirror/search'],
    reason: 'a moment of the past loads nothing of the editor' },
  { room: 'inbox', only: ['base', 'editor/session'], packages: PREACT,
    reason: 'the list is there before any editor is' },
  { room: 'live', only: ['base'], packages: PREACT, reason: 'figures need no text' },
  { room: 'deck', only: ['base'], packages: PREACT, reason: 'a stranger copies the small client: it knows lines and no editor' },
]

type Graph = ReadonlyMap<string, readonly string[]>

const sources = import.meta.glob<string>('../src/**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true })
const graph = graphOf(Object.entries(sources).map(([path, text]) => [path.replace('../src/', ''), text]))

/** graphOf gives what each file imports: files of src by their path, packages by their name. */
function graphOf(files: [path: string, text: string][]): Graph {
  const paths = new Set(files.map(([path]) => path))
  return new Map(files.map(([path, text]) => [path, [...text.matchAll(/(?:\bfrom |\bimport\(|\bimport )'([^']+)'/g)].flatMap(([, name]) => {
    if (!name!.startsWith('.')) return [name!]
    const at = new URL(name!, `file:///${path}`).pathname.slice(1)
    if (/\.(?:css|svg)/.test(at)) return []
    const found = [at, `${at}.ts`, `${at}.tsx`].find((p) => paths.has(p))
    if (!found) throw new Error(`${path} imports ${name}, which is not there`)
    return [found]
  })]))
}

const roomOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const fits = (name: string, pattern: string): boolean => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern)

/** breaches are the imports that a wall forbids. */
function breaches(graph: Graph, wall: Wall): string[] {
  return [...graph].filter(([path]) => roomOf(path) === wall.room).flatMap(([path, names]) => names
    .filter((name) => (graph.has(name)
      ? roomOf(name) !== wall.room && !wall.only.includes(roomOf(name))
      : !wall.packages.some((p) => fits(name, p))))
    .map((name) => `${path} imports ${name}: ${wall.reason}`))
}

/** circle is a way from a file back to itself, or null. */
function circle(graph: Graph): string[] | null {
  const done = new Set<string>()
  const walk = (path: string, way: string[]): string[] | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (done.has(path)) return null
    for (const next of graph.get(path) ?? []) {
      const found = walk(next, [...way, path])
      if (found) return found
    }
    done.add(path)
    return null
  }
  for (const path of graph.keys()) {
    const found = walk(path, [])
    if (found) return found
  }
  return null
}

test.each(walls)('$room imports only what its wall lets through', (wall) => {
  expect(breaches(graph, wall)).toEqual([])
})

test('every room has a wall', () => {
  expect([...new Set([...graph.keys()].map(roomOf))].sort()).toEqual(walls.map((w) => w.room).sort())
})

test('no file imports itself by way of others', () => {
  expect(circle(graph)).toBeNull()
})

test('a breach and a circle are seen', () => {
  // The negative control.
  const wrong = graphOf([
    ['a/one.ts', "import { two } from './two'\nimport x from 'x'"],
    ['a/two.ts', "const later = () => import('../b/three')"],
    ['b/three.ts', "import type { One } from '../a/one'"],
  ])
  expect(breaches(wrong, { room: 'a', only: [], packages: [], reason: 'r' })).toEqual(['a/one.ts imports x: r', 'a/two.ts imports b/three.ts: r'])
  expect(breaches(wrong, { room: 'a', only: ['b'], packages: ['x'], reason: 'r' })).toEqual([])
  expect(circle(wrong)).toEqual(['a/one.ts', 'a/two.ts', 'b/three.ts', 'a/one.ts'])
  expect(breaches(graph, { ...walls.find((w) => w.room === 'inbox')!, only: ['base'] })).not.toEqual([])
})
