// The languages that the text can be coloured as, and which one a title means.
// highlight.ts loads a language's grammar (grammars.ts) when a text needs it.

export interface Kind {
  readonly name: string
  /** file name endings, without the dot */
  readonly endings: readonly string[]
  /** whole file names */
  readonly files?: readonly string[]
}

/** kinds by their id, which settings store; names are proper names and not translated. */
export const kinds: Readonly<Record<string, Kind>> = {
  markdown: { name: 'Markdown', endings: ['md', 'markdown', 'mkd'] },
  javascript: { name: 'JavaScript', endings: ['js', 'mjs', 'cjs', 'jsx'] },
  typescript: { name: 'TypeScript', endings: ['ts', 'mts', 'cts'] },
  tsx: { name: 'TSX', endings: ['tsx'] },
  json: { name: 'JSON', endings: ['json', 'webmanifest'] },
  python: { name: 'Python', endings: ['py', 'pyi'] },
  go: { name: 'Go', endings: ['go'] },
  html: { name: 'HTML', endings: ['html', 'htm'] },
  css: { name: 'CSS', endings: ['css'] },
  yaml: { name: 'YAML', endings: ['yaml', 'yml'] },
  sql: { name: 'SQL', endings: ['sql'] },
  rust: { name: 'Rust', endings: ['rs'] },
  cpp: { name: 'C, C++', endings: ['c', 'h', 'cc', 'cpp', 'cxx', 'hpp'] },
  java: { name: 'Java', endings: ['java'] },
  kotlin: { name: 'Kotlin', endings: ['kt', 'kts'] },
  shell: { name: 'Shell', endings: ['sh', 'bash', 'zsh'] },
  ruby: { name: 'Ruby', endings: ['rb'], files: ['rakefile', 'gemfile'] },
  toml: { name: 'TOML', endings: ['toml'] },
  properties: { name: 'INI', endings: ['ini', 'conf', 'properties', 'env'] },
  diff: { name: 'Diff', endings: ['diff', 'patch'] },
  dockerfile: { name: 'Dockerfile', endings: ['dockerfile'], files: ['dockerfile'] },
  lua: { name: 'Lua', endings: ['lua'] },
}

/** byEnding is the id of the language with that file name ending. */
export const byEnding = (ending: string): string | null =>
  Object.entries(kinds).find(([, kind]) => kind.endings.includes(ending))?.[0] ?? null

/** guessed is the id for a title's file name ending, or 'plain'. */
export function guessed(title: string): string {
  const name = title.trim().toLowerCase()
  const whole = Object.entries(kinds).find(([, kind]) => kind.files?.includes(name))?.[0]
  const ending = /\.([a-z0-9]+)$/u.exec(name)?.[1]
  return whole ?? (ending ? byEnding(ending) : null) ?? 'plain'
}

/** languageOf is the id to use: the person's choice, else the one guessed from the title. */
export const languageOf = (choice: string, title: string): string =>
  choice === 'plain' || Object.hasOwn(kinds, choice) ? choice : guessed(title)
