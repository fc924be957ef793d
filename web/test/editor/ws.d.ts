// What the tests want of ws; its own types would be one dependency more.
declare module 'ws' {
  export default class WebSocket {
    constructor(url: string)
    readyState: number
    onopen: (() => void) | null
    onmessage: ((e: { data: unknown }) => void) | null
    onclose: ((e: { code: number }) => void) | null
    onerror: (() => void) | null
    send(data: string): void
    close(): void
    terminate(): void
    on(event: string, f: (data: unknown) => void): void
    once(event: string, f: (data: unknown) => void): void
  }
}
