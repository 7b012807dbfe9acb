import { call } from '../lib/api.ts'
import { service } from '../lib/offline/service.svelte.ts'

/** Web push on this device: a subscription of the browser, known to the server as the person's. */

/** Why it cannot be: the browser knows no push (an iPhone only does once the page is on its home screen). */
export const isPushPossible = (): boolean =>
  import.meta.env.PROD &&
  'serviceWorker' in navigator &&
  'PushManager' in window &&
  'Notification' in window

/** Whether this device is subscribed; false where it cannot be. */
export async function isDeviceTold(): Promise<boolean> {
  return (await subscription()) !== null
}

/**
 * Subscribes this device, asking its person for permission. False when they refuse.
 * @throws what the browser's push service says when it cannot be reached; ApiFailure.
 */
export async function tellDevice(key: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false
  service.start()
  const registration = await navigator.serviceWorker.ready
  const made = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  })
  const { endpoint, keys } = made.toJSON()
  try {
    await call('POST /api/notifications/push_subscriptions', {
      body: {
        endpoint: endpoint ?? made.endpoint,
        keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
      },
    })
  } catch (error) {
    // What the server does not know of is none.
    await made.unsubscribe()
    throw error
  }
  return true
}

/** Ends what this device was told; nothing where it was told nothing. */
export async function forgetDevice(): Promise<void> {
  const known = await subscription()
  if (!known) return
  await call('DELETE /api/notifications/push_subscriptions', { body: { endpoint: known.endpoint } })
  await known.unsubscribe()
}

async function subscription(): Promise<PushSubscription | null> {
  if (!isPushPossible()) return null
  const registration = await navigator.serviceWorker.getRegistration()
  return (await registration?.pushManager.getSubscription()) ?? null
}
