/** The longest side of a photo in pixels. */
export const LONGEST_SIDE = 1600

/** Width and height within the longest side, in whole pixels; a small photo stays as it is. */
export function shrunkSize(
  width: number,
  height: number,
  longest = LONGEST_SIDE,
): { width: number; height: number } {
  const factor = Math.min(1, longest / Math.max(width, height))
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  }
}
