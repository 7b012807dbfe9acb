/** Reports that were made or followed in this browser: their secret links lie nowhere else. */

export interface OwnReport {
  /** Slug of the community. */
  community: string
  number: string
  token: string
}

const KEY = 'jiexu.reports'
const MOST = 20

/** Newest first, of one community. */
export function ownReports(community: string): OwnReport[] {
  return read().filter((one) => one.community === community)
}

/** The secret of a report; null where it was neither made nor followed here. */
export function tokenOf(community: string, number: string): string | null {
  return ownReports(community).find((one) => one.number === number)?.token ?? null
}

/** Remembers a report. A browser that keeps nothing still shows the link once. */
export function rememberReport(report: OwnReport): void {
  const others = read().filter(
    ({ community, number }) => community !== report.community || number !== report.number,
  )
  try {
    localStorage.setItem(KEY, JSON.stringify([report, ...others].slice(0, MOST)))
  } catch {
    // Private windows may refuse: the link on the screen is all there is.
  }
}

function read(): OwnReport[] {
  try {
    const list = JSON.parse(localStorage.getItem(KEY) ?? '[]') as unknown
    return Array.isArray(list) ? (list as OwnReport[]) : []
  } catch {
    return []
  }
}
