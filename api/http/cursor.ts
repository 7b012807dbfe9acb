import { ApiProblem } from './problem.ts'

/** Packs the place where a page ended; opaque to callers. */
export function packCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/**
 * Unpacks a cursor of `length` parts that all match `pattern`.
 * @throws ApiProblem 400 when it was altered.
 */
export function unpackCursor(cursor: string, length: number, pattern: RegExp): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(parts) &&
      parts.length === length &&
      parts.every((part) => typeof part === 'string' && pattern.test(part))
    )
      return parts as string[]
  } catch {
    // Falls through to the same answer as any other altered cursor.
  }
  throw new ApiProblem('request/invalid-parameter', 'the cursor is not one of ours', [
    { path: 'cursor', message: 'take it unchanged from the next link' },
  ])
}
