import { createHash, createHmac, randomBytes } from 'node:crypto'

/** A secret that opens one record to whoever holds its link: 256 bits, shown once, stored only as a hash. */
export function newSecret(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOfSecret(token) }
}

/** A random secret needs no slow hash: nobody can try 2^256 of them. */
export const hashOfSecret = (token: string): string =>
  createHash('sha256').update(token).digest('hex')

/** A plate is stored only so: without the server's key nobody can try the few million plates there are. */
export const hashOfPlate = (key: string, communityId: string, plate: string): string =>
  createHmac('sha256', key).update(`${communityId} ${plate}`).digest('hex')

/** What was sent, so that the same id with other content is noticed. Members in the order of their names. */
export const hashOfContent = (content: object): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(content)))
    .digest('hex')

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, member]) => member !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, member]) => [name, sorted(member)]),
        )
      : value
