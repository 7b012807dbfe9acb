/** A step of the first look, and of the second around what it found, in metres. */
const COARSE_M = 0.5
const FINE_M = 0.1

/**
 * The least amount above 0 and below `most`, to a decimetre, at which `at` gives something good; null where none of
 * them is. `at` is asked in steps of half a metre, then in decimetres back from the first that is good.
 */
export function leastThat<T>(
  most: number,
  at: (amount: number) => T | null,
): { amount: number; found: T } | null {
  for (let step = 1; (step - 1) * COARSE_M < most; step++) {
    const amount = Math.min(step * COARSE_M, most)
    const found = at(amount)
    if (found === null) continue
    for (
      let tenth = Math.round((step - 1) * COARSE_M * 10) + 1;
      tenth * FINE_M < amount - 1e-9;
      tenth++
    ) {
      const nearer = at(tenth * FINE_M)
      if (nearer !== null) return { amount: tenth * FINE_M, found: nearer }
    }
    return { amount, found }
  }
  return null
}
