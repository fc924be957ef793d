/** A Signal calls its listeners after changes, once for all that happen in one turn. */
export class Signal {
  private readonly listeners = new Set<() => void>()
  private due = false

  /** onChange calls f after each change until the returned function is called. */
  onChange(f: () => void): () => void {
    this.listeners.add(f)
    return () => { this.listeners.delete(f) }
  }

  changed(): void {
    if (this.due) return
    this.due = true
    queueMicrotask(() => {
      this.due = false
      for (const f of [...this.listeners]) f()
    })
  }
}
