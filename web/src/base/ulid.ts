const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** ulid mints an id: 48 bits of time, 80 of chance, in Crockford's base 32. */
export function ulid(now: number = Date.now()): string {
  let id = ''
  for (let n = now, i = 0; i < 10; i++, n = Math.floor(n / 32)) id = DIGITS[n % 32]! + id
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += DIGITS[byte % 32]!
  return id
}
