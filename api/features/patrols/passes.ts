import { bumpVersion } from '../../db/change-feed.ts'
import { isClockOff } from '../../http/client-clock.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import type { NewPass, PassReport } from './contract.ts'
import type { Patrolling } from './patrolling.ts'
import { insertPasses, knownPasses, type PassRow, readStreets } from './store.ts'

/** Takes in walked sides: known ones with the same content count as duplicates, faulty ones are refused by index. */
export async function storePasses(by: Patrolling, said: readonly NewPass[]): Promise<PassReport> {
  const { trx, community_id, account_id, now } = by
  const streets = new Map((await readStreets(trx, community_id)).map((s) => [s.segment_id, s]))
  const known = await knownPasses(
    trx,
    community_id,
    said.map((pass) => pass.id),
  )
  const patrols = await ownPatrols(by, said)
  const report: PassReport = { received: said.length, stored: 0, duplicates: 0, refused: [] }
  const rows: PassRow[] = []
  for (const [index, pass] of said.entries()) {
    const content_hash = hashOfContent(pass)
    const refuse = (path: string, message: string) =>
      void report.refused.push({ index, path, message })
    const before = known.get(pass.id)
    const street = streets.get(pass.segment_id)
    if (before) {
      if (before.content_hash === content_hash && before.account_id === account_id)
        report.duplicates++
      else refuse('id', 'is another pass: make a new UUID')
    } else if (!street) refuse('segment_id', 'no street of this community')
    else if (by.grid_ids && !by.grid_ids.includes(street.grid_id ?? ''))
      refuse('segment_id', 'not in one of your grids')
    else if (pass.patrol_id && !patrols.has(pass.patrol_id))
      refuse('patrol_id', 'no patrol of yours: send it first')
    else {
      known.set(pass.id, { content_hash, account_id })
      rows.push({
        id: pass.id,
        patrol_id: pass.patrol_id ?? null,
        segment_id: pass.segment_id,
        side: pass.side,
        account_id,
        at: pass.at,
        result: pass.result,
        method: pass.method ?? 'manual',
        share: pass.share ?? 1,
        is_sure: pass.is_sure ?? true,
        flags: isClockOff(Date.parse(pass.at), now) ? ['clock_off'] : [],
        content_hash,
      })
    }
  }
  report.stored = (await insertPasses(trx, community_id, rows)).size
  report.duplicates += rows.length - report.stored
  if (report.stored > 0) await bumpVersion(trx, community_id, 'passes')
  return report
}

async function ownPatrols(
  { trx, community_id, account_id }: Patrolling,
  said: readonly NewPass[],
): Promise<Set<string>> {
  const ids = [...new Set(said.flatMap((pass) => (pass.patrol_id ? [pass.patrol_id] : [])))]
  if (ids.length === 0) return new Set()
  const rows = await trx
    .selectFrom('patrol')
    .select('id')
    .where('community_id', '=', community_id)
    .where('account_id', '=', account_id)
    .where('id', 'in', ids)
    .execute()
  return new Set(rows.map((row) => row.id))
}
