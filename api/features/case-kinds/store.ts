import { sql, type Transaction } from 'kysely'
import type { CaseKindTable } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'
import type { CaseKind, CaseKindChange } from './contract.ts'

/** Everything of a kind but its key, as the database takes it. */
export type KindValues = Omit<CaseKind, 'id' | 'version'>

/** What a kind is where nothing is said: anybody may report and follow it, with no clock. */
export const PLAIN_KIND: Omit<KindValues, 'code' | 'class' | 'name_zh' | 'name_en'> = {
  parent_id: null,
  flow: 'standard',
  subject: 'none',
  is_hazard: false,
  is_public: true,
  is_open_to_public: true,
  is_active: true,
  duplicate_radius_m: 30,
  duplicate_days: 7,
  default_unit_id: null,
  limits: {},
  outcomes: ['persuaded', 'tip_card', 'needs_dispatch'],
  required: {},
  notice_days: null,
}

const MEMBERS = [
  'id',
  'code',
  'parent_id',
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
  'default_unit_id',
  'limits',
  'outcomes',
  'required',
  'notice_days',
  'version',
] as const satisfies readonly (keyof CaseKindTable)[]

/** Kinds in the order of their codes, so that a child follows its parent. */
export async function findKinds(
  trx: Transaction<Database>,
  communityId: string,
  ids?: readonly string[],
): Promise<CaseKind[]> {
  let query = trx.selectFrom('case_kind').select(MEMBERS).where('community_id', '=', communityId)
  if (ids) query = query.where('id', 'in', [...ids])
  return (await query.orderBy('code').execute()) as CaseKind[]
}

/** The kind, locked until the transaction ends. */
export async function lockKind(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<CaseKind | undefined> {
  const row = await trx
    .selectFrom('case_kind')
    .select(MEMBERS)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  return row as CaseKind | undefined
}

/** Headings of a community change one after the other. */
export async function lockTree(trx: Transaction<Database>, communityId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`case kinds ${communityId}`}, 0))`.execute(
    trx,
  )
}

export async function insertKind(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  values: KindValues,
): Promise<void> {
  await trx
    .insertInto('case_kind')
    .values({ community_id: communityId, id, ...asColumns(values) } as never)
    .execute()
}

export async function updateKind(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  change: CaseKindChange,
): Promise<void> {
  await trx
    .updateTable('case_kind')
    .set({
      ...(asColumns(change) as object),
      version: sql`version + 1`,
      updated_at: sql`now()`,
    })
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()
}

/** The members of `references` that the community does not have, by name. */
export async function missingReferences(
  trx: Transaction<Database>,
  communityId: string,
  references: { parent_id?: string | null; default_unit_id?: string | null },
): Promise<string[]> {
  const missing: string[] = []
  for (const [member, table] of [
    ['parent_id', 'case_kind'],
    ['default_unit_id', 'partner_unit'],
  ] as const) {
    const id = references[member]
    if (!id) continue
    const found = await trx
      .selectFrom(table)
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found) missing.push(member)
  }
  return missing
}

const asColumns = (values: Partial<KindValues>) => ({
  ...values,
  ...(values.limits && { limits: JSON.stringify(values.limits) }),
  ...(values.required && { required: JSON.stringify(values.required) }),
})
