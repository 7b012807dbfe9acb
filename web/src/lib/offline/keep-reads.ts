import { READS_CACHE } from './kept-reads.ts'

/**
 * Keeps the answers that the page begins with. The service worker does so whenever they pass through it, but on the
 * very first day they came before it was there.
 */
export async function keepReads(slug: string): Promise<void> {
  const cache = await caches.open(READS_CACHE)
  const community = encodeURIComponent(slug)
  const addresses = [
    '/api/config',
    '/api/session',
    '/api/communities',
    `/api/communities/${community}/summary`,
    `/api/communities/${community}/boundary`,
    `/api/tiles/all.json?community=${community}`,
  ]
  await Promise.all(
    addresses.map(async (address) => {
      const reply = await fetch(address, { headers: { accept: 'application/json' } })
      if (reply.ok) await cache.put(address, reply)
    }),
  )
}
