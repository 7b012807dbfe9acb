import { randomBytes } from 'node:crypto'

/** How many ids a millisecond has before the next one is taken: the 12 bits of `rand_a`. */
export const COUNTER = 4096

/**
 * Makes UUIDs of version 7 for `count` rows at once, rising in their order: asking for random bytes one id at a time
 * costs more than all the rest of taking a row in. `now` in epoch milliseconds; the 12 bits after it count, and where
 * they are used up the next millisecond is taken, 62 bits are random.
 */
export function newIds(count: number, now: number): string[] {
  const random = randomBytes(8 * count).toString('hex')
  const ids: string[] = []
  let clock = ''
  for (let i = 0; i < count; i++) {
    if (i % COUNTER === 0) {
      const hex = (now + i / COUNTER).toString(16).padStart(12, '0')
      clock = `${hex.slice(0, 8)}-${hex.slice(8)}-7`
    }
    const counter = ((i % COUNTER) + COUNTER).toString(16).slice(1)
    const at = 16 * i
    // The variant: binary 10 and two random bits.
    const variant = '89ab'[random.charCodeAt(at) & 3]!
    ids.push(
      `${clock}${counter}-${variant}${random.slice(at + 1, at + 4)}-${random.slice(at + 4, at + 16)}`,
    )
  }
  return ids
}
