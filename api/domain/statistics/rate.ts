/** Findings divided by effort: a street that is walked more often shows more, without being worse. */

export interface Rate {
  findings: number
  passes: number
  rate: number
  /** 95 %. */
  interval: { low: number; high: number }
}

/** With fewer passes than this nothing is said: the interval would span everything. */
export const FEWEST_PASSES = 10

const Z95 = 1.959964

/**
 * Findings per pass with Byar's approximation of the exact Poisson limits (Breslow & Day, Statistical Methods in Cancer
 * Research II, 1987, formula 2.13); null where there are too few passes to say.
 */
export function ratePerPass(findings: number, passes: number): Rate | null {
  if (passes < FEWEST_PASSES) return null
  return {
    findings,
    passes,
    rate: findings / passes,
    interval: { low: lower(findings) / passes, high: upper(findings + 1) / passes },
  }
}

const lower = (n: number) => (n === 0 ? 0 : n * (1 - 1 / (9 * n) - Z95 / (3 * Math.sqrt(n))) ** 3)
const upper = (n: number) => n * (1 - 1 / (9 * n) + Z95 / (3 * Math.sqrt(n))) ** 3
