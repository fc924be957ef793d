// Waiting for a condition. How long it takes is not tested: the machine may be slow
// or busy with something else.

import assert from 'node:assert/strict'

/** PATIENCE is how long a condition may take before the wait fails, in ms. */
export const PATIENCE = 120_000

export const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** eventually waits until f returns the wanted value, and shows the last value if it never does. */
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

/** holds waits until f returns a true value, and returns it; what describes it. */
export async function holds(f, what, ms = PATIENCE) {
  const end = Date.now() + ms
  for (;;) {
    const got = await f()
    if (got) return got
    if (Date.now() > end) throw new Error(`never, in ${ms} ms: ${what}`)
    await pause(30)
  }
}
