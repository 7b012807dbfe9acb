import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'
import { LIMITS, PHOTO_COUNTS } from './kind-draft.ts'

const PLAIN = [
  'code',
  'class',
  'name_zh',
  'name_en',
  'flow',
  'subject',
  'is_hazard',
  'is_public',
  'is_open_to_public',
  'is_active',
  'duplicate_radius_m',
  'duplicate_days',
  'notice_days',
] as const

/** All kinds as CSV (RFC 4180, with a byte order mark for spreadsheets) in the columns that importing reads; limits in working minutes. */
export function csvOf(kinds: readonly CaseKind[]): string {
  const codes = new Map(kinds.map(({ id, code }) => [id, code]))
  const heads = [
    ...PLAIN,
    'parent_code',
    ...LIMITS.map((name) => `limits.${name}`),
    ...PHOTO_COUNTS.map((name) => `required.${name}`),
    'required.fields',
    'outcomes',
  ]
  const rows = kinds.map((kind) => [
    ...PLAIN.map((name) => kind[name]),
    kind.parent_id === null ? null : codes.get(kind.parent_id),
    ...LIMITS.map((name) => kind.limits[name]),
    ...PHOTO_COUNTS.map((name) => kind.required[name]),
    kind.required.fields?.join('|'),
    kind.outcomes.join('|'),
  ])
  return `\uFEFF${[heads, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

function cell(value: string | number | boolean | null | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
