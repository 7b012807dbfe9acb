import { addressText, changedQuery, keptQuery, type QueryChanges } from './address.ts'

/** The address bar: which page, and what of it can be linked to. */

export const PAGES = [
  'map',
  'occupancy',
  'conflicts',
  'plan',
  'plans',
  'shared-plan',
  'rules',
  'demand',
  'inspect',
  'cases',
  'inbox',
  'report',
  'merchant',
  'bulletin',
  'case-kinds',
  'patrols',
  'zones',
  'permit',
  'sign-in',
] as const
export type Page = (typeof PAGES)[number]

/** Members of the address that belong to every page; all others end with the page that made them. */
const SHARED = ['c', 'sel', 'map', 'layers', 'at']

type Guard = () => boolean | Promise<boolean>

class Route {
  /** Null for an address that is no page of ours. */
  page = $state<Page | null>('map')
  #query = $state.raw(new URLSearchParams())
  #guard: Guard | null = null
  #address = ''

  constructor() {
    this.#read()
    window.addEventListener('popstate', () => void this.#returnTo())
  }

  /** A member of the query; null where it is absent. */
  get(name: string): string | null {
    return this.#query.get(name)
  }

  /** Changes members of the query in place (null removes); the history gets no new entry. */
  set(changes: QueryChanges): void {
    const query = changedQuery(this.#query, changes)
    if (query.toString() === this.#query.toString()) return
    this.#query = query
    this.#address = addressText(location.pathname, query)
    history.replaceState(null, '', this.#address)
  }

  /** The address of a page, keeping place and selection; `changes` set or (null) remove members. */
  href(page: Page, changes: QueryChanges = {}): string {
    const query = changedQuery(keptQuery(this.#query, SHARED), changes)
    return addressText(page === 'map' ? '/' : `/${page}`, query)
  }

  /** Opens a page as a new entry of the history, unless a guard refuses. */
  async go(page: Page, changes: QueryChanges = {}): Promise<void> {
    if (page !== this.page && this.#guard && !(await this.#guard())) return
    history.pushState(null, '', this.href(page, changes))
    this.#read()
  }

  /** Asks `guard` before the page is left, and the browser before it closes; returns how to end that. */
  guard(guard: Guard): () => void {
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault()
    this.#guard = guard
    window.addEventListener('beforeunload', onUnload)
    return () => {
      if (this.#guard === guard) this.#guard = null
      window.removeEventListener('beforeunload', onUnload)
    }
  }

  async #returnTo(): Promise<void> {
    const isLeaving = pageOf(location.pathname) !== this.page
    if (isLeaving && this.#guard && !(await this.#guard()))
      history.pushState(null, '', this.#address)
    else this.#read()
  }

  #read(): void {
    this.page = pageOf(location.pathname)
    this.#query = new URLSearchParams(location.search)
    this.#address = location.pathname + location.search
  }
}

export const route = new Route()

function pageOf(pathname: string): Page | null {
  const name = pathname.replace(/^\/|\/$/g, '') || 'map'
  return (PAGES as readonly string[]).includes(name) ? (name as Page) : null
}
