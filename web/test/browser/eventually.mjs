// Waiting for what must come to be. How long is no claim: the machine may be slow
// or busy with something else.

import assert from 'node:assert/strict'

/** PATIENCE is how long is waited for something before it is taken never to come, in ms. */
export const PATIENCE = 40_000

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** eventually waits until f gives what is wanted, and shows the last it gave if it never does. */
export async function eventually(f, wanted, ms = PATIENCE) {
  const end = Date.now() + ms
  for (;;) {
    const got = await f()
    try {
      assert.deepEqual(got, wanted)
      return
    } catch (e) {
      if (Date.now() > end) throw e
    }
    await pause(30)
  }
}

/** holds waits until f gives something true, which it returns; what says it in words. */
export async function holds(f, what, ms = PATIENCE) {
  const end = Date.now() + ms
  for (;;) {
    const got = await f()
    if (got) return got
    if (Date.now() > end) throw new Error(`never, in ${ms} ms: ${what}`)
    await pause(30)
  }
}
