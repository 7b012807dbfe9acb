import { isDeepStrictEqual } from 'node:util'
import { parse } from 'csv-parse/sync'
import type { Transaction } from 'kysely'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type CaseKind, type KindImportReport, NewCaseKind } from './contract.ts'
import { isUnder } from './headings.ts'
import { findKinds, insertKind, lockTree, PLAIN_KIND, updateKind } from './store.ts'

/** A row of a list of codes: a kind whose heading is named by its code. */
const KindRow = Type.Object(
  {
    ...Type.Omit(NewCaseKind, ['id', 'parent_id', 'default_unit_id']).properties,
    parent_code: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
  },
  { additionalProperties: false },
)
type KindRow = Static<typeof KindRow>

const rowShape = Compile(KindRow)
const MOST_ROWS = 5_000

/**
 * Takes in a list of kinds by their codes: unknown ones are added, known ones changed where they differ, none removed;
 * a faulty row is refused by its index, the others are kept. Headings may come before or after what stands under them.
 * @throws ApiProblem 422 when the body is no list, or too long.
 */
export async function importKinds(
  trx: Transaction<Database>,
  communityId: string,
  body: unknown,
): Promise<Static<typeof KindImportReport>> {
  const rows = typeof body === 'string' ? rowsOfCsv(body) : body
  if (!Array.isArray(rows) || rows.length > MOST_ROWS)
    throw new ApiProblem('request/invalid-body', 'send a list of kinds', [
      { path: '', message: `a JSON array or CSV with headings, at most ${MOST_ROWS} rows` },
    ])
  const report = {
    received: rows.length,
    added: 0,
    changed: 0,
    unchanged: 0,
    refused: [] as Fault[],
  }
  await lockTree(trx, communityId)
  const known = new Map((await findKinds(trx, communityId)).map((kind) => [kind.code, kind]))
  const idOf = new Map([...known].map(([code, kind]) => [code, kind.id]))
  const good = rows.flatMap((row: unknown, index) => {
    const fault = faultOf(row)
    if (fault) report.refused.push({ index, ...fault })
    return fault ? [] : [{ index, row: row as KindRow }]
  })
  for (const { row } of good) if (!idOf.has(row.code)) idOf.set(row.code, uuidv7())
  // What is in the database by now, each with its heading: a refused row is nobody's heading.
  const above = new Map([...known.values()].map((kind) => [kind.id, kind.parent_id]))
  const seen = new Set<string>()
  for (const { index, row } of inOrderOfHeadings(good)) {
    const { parent_code, ...said } = row
    const parent_id = parent_code === undefined ? null : idOf.get(parent_code)
    if (parent_id === undefined || (parent_id !== null && !above.has(parent_id))) {
      report.refused.push({ index, path: 'parent_code', message: 'no kind has this code' })
      continue
    }
    if (isUnder(above, parent_id, idOf.get(row.code)!)) {
      report.refused.push({ index, path: 'parent_code', message: 'it would stand under itself' })
      continue
    }
    if (seen.has(row.code)) {
      report.refused.push({ index, path: 'code', message: 'stands in the list twice' })
      continue
    }
    seen.add(row.code)
    const before = known.get(row.code)
    const change = parent_code === undefined ? said : { ...said, parent_id }
    above.set(
      idOf.get(row.code)!,
      parent_code === undefined && before ? before.parent_id : parent_id,
    )
    if (!before) {
      await insertKind(trx, communityId, idOf.get(row.code)!, { ...PLAIN_KIND, ...change })
      report.added++
    } else if (isSame(before, change)) report.unchanged++
    else {
      await updateKind(trx, communityId, before.id, change)
      report.changed++
    }
  }
  report.refused.sort((a, b) => a.index - b.index)
  return report
}

interface Fault {
  index: number
  path: string
  message: string
}

function faultOf(row: unknown): Omit<Fault, 'index'> | null {
  if (rowShape.Check(row)) return null
  const [error] = rowShape.Errors(row)
  return { path: error?.instancePath.slice(1) ?? '', message: error?.message ?? 'not a kind' }
}

/** Headings first: a foreign key wants its heading to be there. */
function inOrderOfHeadings<T extends { row: KindRow }>(rows: readonly T[]): T[] {
  const codes = new Map(rows.map((one) => [one.row.code, one]))
  const depth = (one: T, steps = 0): number => {
    const parent = one.row.parent_code === undefined ? undefined : codes.get(one.row.parent_code)
    return parent === undefined || steps > 20 ? steps : depth(parent, steps + 1)
  }
  return rows
    .map((one) => ({ one, depth: depth(one) }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ one }) => one)
}

const isSame = (before: CaseKind, change: Partial<CaseKind>) =>
  Object.entries(change).every(([member, value]) =>
    isDeepStrictEqual(before[member as keyof CaseKind], value),
  )

const NUMBERS = new Set(['duplicate_radius_m', 'duplicate_days', 'notice_days'])
const LISTS = new Set(['outcomes', 'required.fields'])

/**
 * CSV with the names of the members as headings; an empty cell says nothing. `limits.handle` and `required.photos_after`
 * name what is within a member: a row that has one of them says the whole member. Lists are split at "|".
 * @throws ApiProblem 400 for text that is no CSV.
 */
function rowsOfCsv(text: string): unknown[] {
  try {
    return parse<Record<string, string>>(text, { columns: true, bom: true, trim: true }).map(
      (row) => {
        const kind = new Map<string, unknown>()
        for (const [name, value] of Object.entries(row)) {
          if (value === '') continue
          const [member, inner] = name.split('.') as [string, string | undefined]
          const said = cell(name, value)
          kind.set(
            member,
            inner === undefined ? said : { ...(kind.get(member) ?? {}), [inner]: said },
          )
        }
        return Object.fromEntries(kind)
      },
    )
  } catch (error) {
    throw new ApiProblem('request/malformed', `not readable as CSV: ${(error as Error).message}`)
  }
}

function cell(name: string, value: string): unknown {
  if (LISTS.has(name)) return value.split('|').map((one) => one.trim())
  const isNumber = NUMBERS.has(name) || name.includes('.')
  if (isNumber && Number.isFinite(Number(value))) return Number(value)
  if (name.startsWith('is_') && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
