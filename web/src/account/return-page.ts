import { type Page, PAGES } from '../state/route.svelte.ts'

/** The page named in `back`; null for none, or for anything that is no page of ours. */
export function pageFrom(name: string | null): Page | null {
  return PAGES.find((page) => page === name && page !== 'sign-in') ?? null
}
