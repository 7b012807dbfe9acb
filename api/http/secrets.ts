import { createHash, createHmac, randomBytes } from 'node:crypto'

/** A secret that opens one record to whoever holds its link: 256 bits, shown once, stored only as a hash. */
export function newSecret(): { token: string; hash: string } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashOfSecret(token) }
}

/**
 * The same for a record whose maker may have to send again, because the first answer was lost: made of the record's own
 * name with the server's key, so that the second answer holds the same link.
 */
export function namedSecret(key: string, name: string): { token: string; hash: string } {
  const token = createHmac('sha256', key).update(`link ${name}`).digest('base64url')
  return { token, hash: hashOfSecret(token) }
}

/** A random secret needs no slow hash: nobody can try 2^256 of them. */
export const hashOfSecret = (token: string): string =>
  createHash('sha256').update(token).digest('hex')

/** A plate is stored only so: without the server's key nobody can try the few million plates there are. */
export const hashOfPlate = (key: string, communityId: string, plate: string): string =>
  createHmac('sha256', key).update(`${communityId} ${plate}`).digest('hex')
