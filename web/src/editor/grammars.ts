// The grammar of each language.

import type { Extension } from '@codemirror/state'
import { Language, LanguageDescription, LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language'
import { byEnding, kinds } from './languages'

const legacy = (parser: StreamParser<unknown>): Extension => StreamLanguage.define(parser)

/** loads by the ids of languages.ts. */
const loads: Readonly<Record<string, () => Promise<Extension>>> = {
  async markdown() {
    const { markdown, markdownLanguage } = await import('@codemirror/lang-markdown')
    return markdown({ base: markdownLanguage, codeLanguages: fenced })
  },
  javascript: async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true }),
  typescript: async () => (await import('@codemirror/lang-javascript')).javascript({ typescript: true }),
  tsx: async () => (await import('@codemirror/lang-javascript')).javascript({ jsx: true, typescript: true }),
  json: async () => (await import('@codemirror/lang-json')).json(),
  python: async () => (await import('@codemirror/lang-python')).python(),
  go: async () => (await import('@codemirror/lang-go')).go(),
  html: async () => (await import('@codemirror/lang-html')).html(),
  css: async () => (await import('@codemirror/lang-css')).css(),
  yaml: async () => (await import('@codemirror/lang-yaml')).yaml(),
  sql: async () => (await import('@codemirror/lang-sql')).sql(),
  rust: async () => (await import('@codemirror/lang-rust')).rust(),
  cpp: async () => (await import('@codemirror/lang-cpp')).cpp(),
  java: async () => (await import('@codemirror/lang-java')).java(),
  kotlin: async () => legacy((await import('@codemirror/legacy-modes/mode/clike')).kotlin),
  shell: async () => legacy((await import('@codemirror/legacy-modes/mode/shell')).shell),
  ruby: async () => legacy((await import('@codemirror/legacy-modes/mode/ruby')).ruby),
  toml: async () => legacy((await import('@codemirror/legacy-modes/mode/toml')).toml),
  properties: async () => legacy((await import('@codemirror/legacy-modes/mode/properties')).properties),
  diff: async () => legacy((await import('@codemirror/legacy-modes/mode/diff')).diff),
  dockerfile: async () => legacy((await import('@codemirror/legacy-modes/mode/dockerfile')).dockerFile),
  lua: async () => legacy((await import('@codemirror/legacy-modes/mode/lua')).lua),
}

/** grammar is the extension of a language. */
export async function grammar(id: string): Promise<Extension> {
  const load = loads[id]
  if (!load) throw new RangeError(`no grammar of "${id}"`)
  return await load()
}

/** Names that a Markdown fence may use beside ids and file name endings. */
const aliases: Readonly<Record<string, string>> = { golang: 'go', 'c++': 'cpp', console: 'shell', node: 'javascript' }

/** fenced returns the language that a code block's fence names. */
function fenced(info: string): LanguageDescription | null {
  const said = info.trim().split(/\s/u)[0]?.toLowerCase() ?? ''
  const id = Object.hasOwn(kinds, said) ? said : Object.hasOwn(aliases, said) ? aliases[said]! : byEnding(said)
  if (id === null) return null
  let description = descriptions.get(id)
  if (!description) {
    description = LanguageDescription.of({ name: id, load: async () => supported(await grammar(id)) })
    descriptions.set(id, description)
  }
  return description
}

const descriptions = new Map<string, LanguageDescription>()

/** supported wraps a grammar for use in a fence. */
function supported(extension: Extension): LanguageSupport {
  if (extension instanceof LanguageSupport) return extension
  if (extension instanceof Language) return new LanguageSupport(extension)
  throw new Error('a language of another kind')
}
