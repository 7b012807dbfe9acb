/// <reference lib="webworker" />
import { createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { NetworkFirst } from 'workbox-strategies'
import { noticeOf, pathOf } from './push-notice.ts'
import { isKeptRead, isKeptTile, READS_CACHE, tileKey, TILES_CACHE } from './kept-reads.ts'

/** Serves the page without network: its files, the few answers it begins with, and the tiles of the day. */
declare const self: ServiceWorkerGlobalScope

/** In a dead spot a connection may hang rather than fail. */
const PATIENCE_S = 3

precacheAndRoute(self.__WB_MANIFEST)
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/(healthz|readyz|metrics)$/],
  }),
)

registerRoute(
  ({ url, sameOrigin, request }) =>
    sameOrigin && request.cache !== 'no-store' && isKeptRead(url.pathname),
  new NetworkFirst({ cacheName: READS_CACHE, networkTimeoutSeconds: PATIENCE_S }),
)

registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isKeptTile(url.pathname),
  new NetworkFirst({
    cacheName: TILES_CACHE,
    networkTimeoutSeconds: PATIENCE_S,
    plugins: [
      {
        cacheKeyWillBeUsed: async ({ request }) => tileKey(request.url),
        // 204 is a tile with nothing in it.
        cacheWillUpdate: async ({ response }) =>
          [200, 204].includes(response.status) ? response : null,
      },
    ],
  }),
)

// Whoever signs in or out is from then on the one who is remembered.
for (const method of ['POST', 'DELETE'] as const)
  registerRoute(
    ({ url, sameOrigin }) => sameOrigin && url.pathname === '/api/session',
    async ({ request }) => {
      const reply = await fetch(request)
      if (reply.ok) {
        const cache = await caches.open(READS_CACHE)
        if (method === 'POST') await cache.put('/api/session', reply.clone())
        else await cache.delete('/api/session')
      }
      return reply
    },
    method,
  )

// A new version waits until the page says so: nobody's screen changes under their hands.
self.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void self.skipWaiting()
})
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

// Somebody who asked to be told on this device is, also while no page is open.
self.addEventListener('push', (event) => {
  const { title, options } = noticeOf(event.data?.text() ?? '')
  event.waitUntil(self.registration.showNotification(title, options))
})
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openPage(pathOf(event.notification.data)))
})

/** Brings the page that is open there, or opens one. */
async function openPage(path: string): Promise<void> {
  const address = new URL(path, self.location.origin).href
  const [page] = await self.clients.matchAll({ type: 'window' })
  if (!page) await self.clients.openWindow(address)
  else {
    await page.navigate(address)
    // A browser that lets nobody come to the front has the page there all the same.
    await page.focus().catch(() => undefined)
  }
}
