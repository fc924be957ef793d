// People at one thread, for the stories of a session.

import { Authority } from './authority'
import { World, type Person } from './world'

// world opens a page for each name on a thread with this text, and waits until all have joined.
export async function world(text: string, ...names: string[]): Promise<{ w: World; people: Person[] }> {
  const w = new World(new Authority(text), ...names)
  for (const p of w.people) p.sit()
  await w.quiet()
  return { w, people: w.people }
}

// type inserts a text as if p typed it.
export const type = (p: Person, at: number, insert: string): void => p.edit({ changes: { from: at, insert }, userEvent: 'input.type' })
