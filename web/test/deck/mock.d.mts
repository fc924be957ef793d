export const policy: string
export class Mock {
  // A server for tests, which read its state freely.
  threads: Map<string, any>
  refuse: string | null
  start(port?: number): Promise<string>
  stop(): void
  connect(ws: object): void
  insert(thread: any, at: number, value: string, user: string): void
}
