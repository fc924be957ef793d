// Requests over HTTP.

import { ulid } from './ulid'

const TRIES = 3
const PAUSE = 500 // ms until a request goes out again because its outcome is unknown

/** A refusal by the server; code is 'offline' if the request did not get there. */
export class Refused extends Error {
  constructor(readonly code: string, text: string, readonly status: number) { super(text) }
}

/**
 * ask gets JSON from path, or posts body and gets the answer. user is the name of the
 * writer. A post has a key, so that it can be sent again where it is not known whether it
 * had an effect.
 */
export async function ask<T>(path: string, options: { body?: unknown; user?: string; signal?: AbortSignal } = {}): Promise<T> {
  const headers: Record<string, string> = {}
  const init: RequestInit = { headers }
  if (options.signal) init.signal = options.signal
  if (options.user) headers['Parodywave-User'] = encodeURIComponent(options.user)
  if (options.body !== undefined) {
    init.method = 'POST'
    headers['Content-Type'] = 'application/json'
    headers['Idempotency-Key'] = ulid()
    init.body = JSON.stringify(options.body)
  }
  for (let tries = 1; ; tries++) {
    try {
      return await once<T>(path, init)
    } catch (e) {
      if (tries === TRIES || !(e instanceof Refused) || e.code !== 'unknown') throw e
    }
    await new Promise((done) => setTimeout(done, PAUSE))
  }
}

async function once<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(path, init)
  } catch (e) {
    if (init.signal?.aborted) throw e
    throw new Refused('offline', String(e), 0)
  }
  const said: unknown = await answer.json().catch(() => null)
  if (answer.ok && said !== null) return said as T
  const { code, text } = (said as { error?: { code?: string; text?: string } } | null)?.error ?? {}
  throw new Refused(code ?? 'unavailable', text ?? answer.statusText, answer.status)
}

/** socketURL is the address of this server's WebSocket. */
export const socketURL = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`
