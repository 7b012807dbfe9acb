import type { Transaction } from 'kysely'
import { v5 as uuidv5 } from 'uuid'
import { trackLength } from '../../domain/geometry/track-length.ts'
import {
  type TrackFix,
  WALKED_SHARE,
  type WalkedSide,
  walkedSides,
} from '../../domain/geometry/track-matching.ts'
import { bumpVersion } from '../../db/change-feed.ts'
import type { TrackPoint } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'
import { isClockOff } from '../../http/client-clock.ts'
import { hashOfContent } from '../../http/content-hash.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { NewPatrol, PatrolChange } from './contract.ts'
import {
  insertPasses,
  lockPatrol,
  type PassRow,
  readStreets,
  type StoredPatrol,
  updatePatrol,
} from './store.ts'

export interface Patrolling {
  trx: Transaction<Database>
  community_id: string
  account_id: string
  /** The grids in which this person may log; null for all. */
  grid_ids: readonly string[] | null
  /** The service's clock, epoch milliseconds. */
  now: number
}

/**
 * Starts a patrol under the sender's id; the same again answers the one that is there.
 * @throws ApiProblem 409 for a taken id, 403 for another's grid, 422 for an unknown one.
 */
export async function startPatrol(
  by: Patrolling,
  said: NewPatrol,
): Promise<{ patrol: StoredPatrol; is_new: boolean }> {
  const { trx, community_id, account_id, now } = by
  const content_hash = hashOfContent(said)
  const grid_id = said.grid_id ?? null
  if (grid_id !== null) await refuseGrid(by, grid_id)
  const inserted = await trx
    .insertInto('patrol')
    .values({
      community_id,
      id: said.id,
      grid_id,
      frequency: said.frequency ?? 'daily',
      account_id,
      // In the milliseconds that cursors tell.
      started_at: new Date(said.started_at),
      distance_m: null,
      track: null,
      flags: isClockOff(Date.parse(said.started_at), now) ? ['clock_off'] : [],
      content_hash,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  const patrol = (await lockPatrol(trx, community_id, said.id))!
  if (inserted) await bumpVersion(trx, community_id, 'passes')
  else if (patrol.content_hash !== content_hash || patrol.account_id !== account_id)
    throw new ApiProblem('patrols/id-taken', `${said.id} is another patrol`, [
      { path: 'id', message: 'make a new UUID' },
    ])
  return { patrol, is_new: inserted !== undefined }
}

/**
 * Takes in the track so far and the end. At the end the track is matched to street sides: each that was walked becomes
 * a pass, unless this patrol has one of it already. Sending the end again changes nothing.
 * @throws ApiProblem 404 for a patrol that is not there or not the sender's, 422 for an end before the start.
 */
export async function changePatrol(
  by: Patrolling,
  id: string,
  said: PatrolChange,
): Promise<StoredPatrol> {
  const { trx, community_id } = by
  const patrol = await lockPatrol(trx, community_id, id)
  if (!patrol || patrol.account_id !== by.account_id)
    throw new ApiProblem('patrols/not-found', 'you have no such patrol')
  if (patrol.ended_at) return patrol
  if (said.ended_at && Date.parse(said.ended_at) < patrol.started_at.getTime())
    throw new ApiProblem('request/invalid-body', 'a patrol ends after it began', [
      { path: 'ended_at', message: `not before ${patrol.started_at.toISOString()}` },
    ])
  const fixes = said.track?.map(fixOf)
  await updatePatrol(trx, community_id, id, {
    ...said,
    ...(fixes && { distance_m: Math.round(trackLength(fixes)) }),
  })
  if (said.ended_at) {
    // The track may have come before its end, and the end without it.
    const walked = fixes ?? (await storedFixes(trx, community_id, id))
    await storeWalked(by, patrol, walked, said.ended_at)
  }
  await bumpVersion(trx, community_id, 'passes')
  return (await lockPatrol(trx, community_id, id))!
}

const fixOf = ([lon, lat, accuracy_m, at]: TrackPoint): TrackFix => ({ lon, lat, accuracy_m, at })

async function storedFixes(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<TrackFix[]> {
  const { track } = await trx
    .selectFrom('patrol')
    .select('track')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return (track ?? []).map(fixOf)
}

async function storeWalked(
  by: Patrolling,
  patrol: StoredPatrol,
  fixes: readonly TrackFix[],
  ended_at: string,
): Promise<void> {
  const { trx, community_id, account_id } = by
  const streets = await readStreets(trx, community_id)
  const reach = by.grid_ids
  const own = new Set(
    streets
      .filter((street) => reach === null || reach.includes(street.grid_id ?? ''))
      .map((street) => street.segment_id),
  )
  // Matched to all streets: what was walked next door must not count for the own street beside it.
  const walked = walkedSides(
    fixes,
    streets.map(({ segment_id, centreline }) => ({
      segment_id,
      centreline,
      sides: ['left', 'right'] as const,
    })),
  ).filter(({ segment_id, share }) => share >= WALKED_SHARE && own.has(segment_id))
  const taken = await trx
    .selectFrom('pass')
    .select(['segment_id', 'side'])
    .where('community_id', '=', community_id)
    .where('patrol_id', '=', patrol.id)
    .execute()
  const isTaken = (side: WalkedSide) =>
    taken.some((one) => one.segment_id === side.segment_id && one.side === side.side)
  const found = await trx
    .selectFrom('case_file')
    .select(['segment_id', 'side'])
    .where('community_id', '=', community_id)
    .where('reported_by', '=', account_id)
    .where('found_at', '>=', patrol.started_at)
    .where('found_at', '<=', new Date(ended_at))
    .execute()
  const rows = walked
    .filter((side) => !isTaken(side))
    .map(({ segment_id, side, share, is_sure }): PassRow => {
      const isFound = found.some((one) => one.segment_id === segment_id && one.side === side)
      return {
        // The same for the same walk, so that an end that is sent twice makes no second pass.
        id: uuidv5(`${segment_id} ${side}`, patrol.id),
        patrol_id: patrol.id,
        segment_id,
        side,
        account_id,
        at: ended_at,
        result: isFound ? 'issue' : 'clear',
        method: 'track',
        share,
        is_sure,
        flags: patrol.flags,
        content_hash: '',
      }
    })
  await insertPasses(trx, community_id, rows)
}

async function refuseGrid(by: Patrolling, gridId: string): Promise<void> {
  const grid = await by.trx
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', by.community_id)
    .where('id', '=', gridId)
    .where('valid_to', 'is', null)
    .executeTakeFirst()
  if (!grid)
    throw new ApiProblem('request/invalid-body', 'there is no such grid here', [
      { path: 'grid_id', message: 'take one of the collection grids' },
    ])
  if (by.grid_ids && !by.grid_ids.includes(gridId))
    throw new ApiProblem('patrols/outside-grid', 'this grid is not yours', [
      { path: 'grid_id', message: 'take one of your own grids' },
    ])
}
