import { Workbox } from 'workbox-window'

/** The service worker as the page sees it: whether it is there, and whether a newer page waits. */
class ServiceState {
  /** The page opens without network. */
  isReady = $state(false)
  isUpdateWaiting = $state(false)
  #workbox: Workbox | null = null

  /** Registers it, once. Under development the page comes from elsewhere and none is built. */
  start(): void {
    if (this.#workbox || !import.meta.env.PROD || !('serviceWorker' in navigator)) return
    const workbox = new Workbox('/service-worker.js')
    this.#workbox = workbox
    workbox.addEventListener('waiting', () => (this.isUpdateWaiting = true))
    void navigator.serviceWorker.ready.then(() => (this.isReady = true))
    void workbox.register().catch(() => undefined)
  }

  /** Takes the newer page. What is being written lies on the phone and is there again afterwards. */
  update(): void {
    this.#workbox?.addEventListener('controlling', () => location.reload())
    this.#workbox?.messageSkipWaiting()
  }
}

export const service = new ServiceState()
