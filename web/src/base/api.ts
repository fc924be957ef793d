// Requests over HTTP.

/** A refusal by the server; code is 'offline' if the request did not get there. */
export class Refused extends Error {
  constructor(readonly code: string, text: string, readonly status: number) { super(text) }
}

/** ask gets JSON from path, or posts body and gets the answer. user is the name of the writer. */
export async function ask<T>(path: string, options: { body?: unknown; user?: string; signal?: AbortSignal } = {}): Promise<T> {
  const headers: Record<string, string> = {}
  const init: RequestInit = { headers }
  if (options.signal) init.signal = options.signal
  if (options.user) headers['Parodywave-User'] = encodeURIComponent(options.user)
  if (options.body !== undefined) {
    init.method = 'POST'
    headers['Content-Type'] = 'application/json'
    init.body = JSON.stringify(options.body)
  }
  let answer: Response
  try {
    answer = await fetch(path, init)
  } catch (e) {
    if (options.signal?.aborted) throw e
    throw new Refused('offline', String(e), 0)
  }
  const said: unknown = await answer.json().catch(() => null)
  if (answer.ok && said !== null) return said as T
  const { code, text } = (said as { error?: { code?: string; text?: string } } | null)?.error ?? {}
  throw new Refused(code ?? 'unavailable', text ?? answer.statusText, answer.status)
}

/** socketURL is the address of this server's WebSocket. */
export const socketURL = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
