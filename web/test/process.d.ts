// What the tests want of Node; its own types would be one dependency more.
declare const process: { env: Record<string, string | undefined> }
declare module 'node:fs' {
  export function readFileSync(path: URL, encoding: 'utf8'): string
  export function writeFileSync(path: string, text: string): void
}
