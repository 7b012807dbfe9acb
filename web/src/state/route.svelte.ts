/** The address bar: which page, and what of it can be linked to. */

export const PAGES = ['map', 'occupancy', 'conflicts', 'plan', 'sign-in'] as const
export type Page = (typeof PAGES)[number]

/** Members of the address that belong to every page; all others end with the page that made them. */
const SHARED = ['c', 'sel', 'map', 'layers', 'at']

type Guard = () => boolean | Promise<boolean>

class Route {
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
  set(changes: Readonly<Record<string, string | null>>): void {
    const query = new URLSearchParams(this.#query)
    for (const [name, value] of Object.entries(changes))
      if (value === null) query.delete(name)
      else query.set(name, value)
    if (query.toString() === this.#query.toString()) return
    this.#query = query
    this.#address = addressOf(this.page ?? 'map', query)
    history.replaceState(null, '', this.#address)
  }

  /** The address of a page, keeping place and selection; `changes` set or (null) remove members. */
  href(page: Page, changes: Readonly<Record<string, string | null>> = {}): string {
    const query = new URLSearchParams()
    for (const name of SHARED) {
      const value = this.#query.get(name)
      if (value !== null) query.set(name, value)
    }
    for (const [name, value] of Object.entries(changes))
      if (value === null) query.delete(name)
      else query.set(name, value)
    return addressOf(page, query)
  }

  /** Opens a page as a new entry of the history, unless a guard refuses. */
  async go(page: Page, changes: Readonly<Record<string, string | null>> = {}): Promise<void> {
    const address = this.href(page, changes)
    if (this.#guard && page !== this.page && !(await this.#guard())) return
    history.pushState(null, '', address)
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
    if (this.#guard && isLeaving && !(await this.#guard()))
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

function addressOf(page: Page, query: URLSearchParams): string {
  // A reader of the address sees collection/id and zoom/lat/lon, not their percent codes.
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',')
  return `/${page === 'map' ? '' : page}${text && `?${text}`}`
}
