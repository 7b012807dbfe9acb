import { readFile } from 'node:fs/promises'
import type { Transaction } from 'kysely'
import { v5 as uuidv5 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import type { KindValues } from './store.ts'
import { insertKind, PLAIN_KIND } from './store.ts'

const FILE = new URL('../../../geodata/case-kinds/cn-default.json', import.meta.url)

/** As the data file writes them: relations by code, and what the limits rest on. */
type WrittenKind = Partial<KindValues> &
  Pick<KindValues, 'code' | 'class' | 'name_zh' | 'name_en'> & {
    parent?: string
    unit?: string
    basis?: 'quoted' | 'default'
  }

/** Id of a community's own kind of a code: the same however often it is made. */
export const kindId = (communityId: string, code: string): string =>
  uuidv5(`case_kind ${code}`, communityId)

/**
 * Gives a community that has no kind of case yet those of `geodata/case-kinds/cn-default.json`; nothing where it has
 * any. A kind's default unit is set where the community has a unit of that number.
 */
export async function createDefaultKinds(
  trx: Transaction<Database>,
  communityId: string,
): Promise<number> {
  const known = await trx
    .selectFrom('case_kind')
    .select('id')
    .where('community_id', '=', communityId)
    .limit(1)
    .executeTakeFirst()
  if (known) return 0
  const { kinds } = JSON.parse(await readFile(FILE, 'utf8')) as { kinds: WrittenKind[] }
  const units = await trx
    .selectFrom('partner_unit')
    .select(['id', 'external_id'])
    .where('community_id', '=', communityId)
    .execute()
  const unitIds = new Map(units.map((unit) => [unit.external_id, unit.id]))
  for (const { parent, unit, basis: _basis, ...kind } of kinds)
    await insertKind(trx, communityId, kindId(communityId, kind.code), {
      ...PLAIN_KIND,
      ...kind,
      parent_id: parent === undefined ? null : kindId(communityId, parent),
      default_unit_id: (unit !== undefined && unitIds.get(unit)) || null,
    })
  return kinds.length
}
