import { sql, type Transaction } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import type { Database } from '../../db/tables.ts'

/**
 * Takes the next number of a community's year. The counter's row stays locked until the transaction ends, so parallel
 * creators wait for each other and a case that is rolled back gives its number back: no gaps, none twice.
 */
export async function nextSerial(
  trx: Transaction<Database>,
  communityId: string,
  year: number,
): Promise<number> {
  const row = await trx
    .insertInto('case_number')
    .values({ community_id: communityId, year, last: 1 })
    .onConflict((conflict) =>
      conflict.columns(['community_id', 'year']).doUpdateSet({ last: sql`case_number.last + 1` }),
    )
    .returning('last')
    .executeTakeFirstOrThrow()
  return row.last
}

/** A case belongs to the local year in which the service received it: a phone's clock gives no numbers. */
export const yearOf = (at: number, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).year

/** 2026-000123 */
export const numberText = ({ year, serial }: { year: number; serial: number }): string =>
  `${year}-${String(serial).padStart(6, '0')}`

/** Year and serial of a number as people write it; null where it is none. */
export function parseNumber(text: string): { year: number; serial: number } | null {
  const match = /^([0-9]{4})-?([0-9]{1,9})$/.exec(text.trim())
  return match ? { year: Number(match[1]), serial: Number(match[2]) } : null
}
