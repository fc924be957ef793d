// Which languages the text can be coloured as, and how to get each: they come
// when a text asks for one.

import type { Extension } from '@codemirror/state'
import { Language, LanguageDescription, LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language'

interface Kind {
  readonly name: string
  /** file name endings, without the dot */
  readonly endings: readonly string[]
  /** whole file names */
  readonly files?: readonly string[]
  load(): Promise<Extension>
}

const legacy = (parser: StreamParser<unknown>): Extension => StreamLanguage.define(parser)

/** kinds by their id, which is what is remembered; a name is a proper name in every language. */
export const kinds: Readonly<Record<string, Kind>> = {
  markdown: {
    name: 'Markdown', endings: ['md', 'markdown', 'mkd'],
    async load() {
      const { markdown, markdownLanguage } = await import('@codemirror/lang-markdown')
      return markdown({ base: markdownLanguage, codeLanguages: fenced })
    },
  },
  javascript: { name: 'JavaScript', endings: ['js', 'mjs', 'cjs', 'jsx'], load: async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true }) },
  typescript: { name: 'TypeScript', endings: ['ts', 'mts', 'cts'], load: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true }) },
  tsx: { name: 'TSX', endings: ['tsx'], load: async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true, typescript: true }) },
  json: { name: 'JSON', endings: ['json', 'webmanifest'], load: async () => (await import('@codemirror/lang-json')).json() },
  python: { name: 'Python', endings: ['py', 'pyi'], load: async () => (await import('@codemirror/lang-python')).python() },
  go: { name: 'Go', endings: ['go'], load: async () => (await import('@codemirror/lang-go')).go() },
  html: { name: 'HTML', endings: ['html', 'htm'], load: async () => (await import('@codemirror/lang-html')).html() },
  css: { name: 'CSS', endings: ['css'], load: async () => (await import('@codemirror/lang-css')).css() },
  yaml: { name: 'YAML', endings: ['yaml', 'yml'], load: async () => (await import('@codemirror/lang-yaml')).yaml() },
  sql: { name: 'SQL', endings: ['sql'], load: async () => (await import('@codemirror/lang-sql')).sql() },
  rust: { name: 'Rust', endings: ['rs'], load: async () => (await import('@codemirror/lang-rust')).rust() },
  cpp: { name: 'C, C++', endings: ['c', 'h', 'cc', 'cpp', 'cxx', 'hpp'], load: async () => (await import('@codemirror/lang-cpp')).cpp() },
  java: { name: 'Java', endings: ['java'], load: async () => (await import('@codemirror/lang-java')).java() },
  kotlin: { name: 'Kotlin', endings: ['kt', 'kts'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/clike')).kotlin) },
  shell: { name: 'Shell', endings: ['sh', 'bash', 'zsh'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/shell')).shell) },
  ruby: { name: 'Ruby', endings: ['rb'], files: ['rakefile', 'gemfile'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/ruby')).ruby) },
  toml: { name: 'TOML', endings: ['toml'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/toml')).toml) },
  properties: { name: 'INI', endings: ['ini', 'conf', 'properties', 'env'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/properties')).properties) },
  diff: { name: 'Diff', endings: ['diff', 'patch'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/diff')).diff) },
  dockerfile: { name: 'Dockerfile', endings: ['dockerfile'], files: ['dockerfile'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile) },
  lua: { name: 'Lua', endings: ['lua'], load: async () => legacy((await import('@codemirror/legacy-modes/mode/lua')).lua) },
}

/** What a fence of Markdown may name beyond ids and endings. */
const aliases: Readonly<Record<string, string>> = { golang: 'go', 'c++': 'cpp', console: 'shell', node: 'javascript' }

/** fenced finds the language of a code block by what its fence says. */
function fenced(info: string): LanguageDescription | null {
  const said = info.trim().split(/\s/u)[0]?.toLowerCase() ?? ''
  const id = said in kinds ? said : aliases[said] ?? byEnding(said)
  const kind = id === null ? undefined : kinds[id]
  if (!kind) return null
  let description = descriptions.get(kind)
  if (!description) {
    // What load gives for the kinds here is a LanguageSupport or a Language; only the first fits a fence.
    description = LanguageDescription.of({ name: kind.name, load: async () => supported(await kind.load()) })
    descriptions.set(kind, description)
  }
  return description
}

const descriptions = new Map<Kind, LanguageDescription>()

function supported(extension: Extension): LanguageSupport {
  if (extension instanceof LanguageSupport) return extension
  if (extension instanceof Language) return new LanguageSupport(extension)
  throw new Error('a language of another kind')
}

const byEnding = (ending: string): string | null =>
  Object.entries(kinds).find(([, kind]) => kind.endings.includes(ending))?.[0] ?? null

/** guessed is the id that a title's ending leads to, or 'plain'. */
export function guessed(title: string): string {
  const name = title.trim().toLowerCase()
  const whole = Object.entries(kinds).find(([, kind]) => kind.files?.includes(name))?.[0]
  const ending = /\.([a-z0-9]+)$/u.exec(name)?.[1]
  return whole ?? (ending ? byEnding(ending) : null) ?? 'plain'
}

/** languageOf is the id that holds: the person's choice, else the title's. */
export const languageOf = (choice: string, title: string): string =>
  choice === 'plain' || choice in kinds ? choice : guessed(title)

/** load is the extension of an id; plain text has none. */
export async function load(id: string): Promise<Extension> {
  return await kinds[id]?.load() ?? []
}
