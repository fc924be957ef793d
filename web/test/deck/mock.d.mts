export const policy: string
export class Mock {
  // A test's server: what it holds is looked into freely.
  threads: Map<string, any>
  refuse: string | null
  start(port?: number): Promise<string>
  stop(): void
  connect(ws: object): void
  insert(thread: any, at: number, value: string, user: string): void
}
