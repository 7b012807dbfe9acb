import { createHash } from 'node:crypto'

/** Plain text of a source value, trimmed; null for nothing, "", "null" and "none". */
export function plainText(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    return null
  const text = String(value).trim()
  return text === '' || /^(null|none|nan)$/i.test(text) ? null : text
}

/**
 * A number as people write it: 1234.5, "1,234.5", "1.234,5", "1 234,5", full-width digits. A lone comma before exactly
 * three digits separates thousands. Null where it is none.
 */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string') return null
  const text = value.normalize('NFKC').replace(/[\s'’]/g, '')
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''))
  if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(text))
    return Number(text.replaceAll('.', '').replace(',', '.'))
  return coordinateOf(text)
}

/** A coordinate: like `numberOf`, but a comma is always the decimal mark. */
export function coordinateOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string') return null
  const text = value.normalize('NFKC').trim()
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$/i.test(text)
    ? Number(text.replace(',', '.'))
    : null
}

/** A count of things: a whole number of at least 0, else null; places may come as 12 or "12.0". */
export function countOf(value: unknown): number | null {
  const number = numberOf(value)
  return number !== null && Number.isInteger(number) && number >= 0 ? number : null
}

/** What the source says, without empty members: kept beside the row as `tags`. */
export function tagsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).filter(([, value]) => value !== null && value !== ''),
  )
}

/** SHA-256 of JSON with its keys in order: the key of a feature that has none of its own. */
export function contentKey(value: unknown): string {
  const inOrder = (inner: unknown): unknown =>
    Array.isArray(inner)
      ? inner.map(inOrder)
      : typeof inner === 'object' && inner !== null
        ? Object.fromEntries(
            Object.entries(inner)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, v]) => [k, inOrder(v)]),
          )
        : inner
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex')
}
