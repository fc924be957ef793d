// Objects that change by themselves, and the Preact components that show them.

import { useEffect, useReducer } from 'preact/hooks'

export interface Changing {
  /** onChange calls f after each change, until the function it returns is called. */
  onChange(f: () => void): () => void
}

/** Changes is a Changing whose owner calls changed. */
export class Changes implements Changing {
  private readonly listeners = new Set<() => void>()

  onChange(f: () => void): () => void {
    this.listeners.add(f)
    return () => { this.listeners.delete(f) }
  }

  changed(): void { for (const f of this.listeners) f() }
}

/** useChanges redraws the component after each change of one of these. */
export function useChanges(...all: (Changing | null)[]): void {
  const [, draw] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const ends = all.map((one) => one?.onChange(() => draw(undefined)))
    draw(undefined) // something may have changed between drawing and listening
    return () => { for (const end of ends) end?.() }
  }, all)
}

/** useNow is the time in Unix ms, updated every `every` ms, for texts such as "2 min. ago". */
export function useNow(every = 30_000): number {
  const [now, set] = useReducer(() => Date.now(), 0, () => Date.now())
  useEffect(() => {
    const timer = setInterval(() => set(undefined), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}
