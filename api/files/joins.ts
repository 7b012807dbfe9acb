import type { Geometry } from 'geojson'
import type { Transaction } from 'kysely'
import { asGeoJson } from '../db/geo-sql.ts'
import type { Database } from '../db/tables.ts'
import { COLLECTIONS, type CollectionId } from '../features/inventory/contract.ts'
import type { Joins, Profile } from './profile.ts'
import type { ImportReport } from './report.ts'
import { streetFinder } from './street-finder.ts'

const EXAMPLES = 10

/** Reads the live records that a profile's records point at, and counts what is found and what is missing. */
export async function loadJoins(
  trx: Transaction<Database>,
  communityId: string,
  profile: Profile,
): Promise<{ joins: Joins; counts: () => ImportReport['joins'] }> {
  const asked = Object.entries(profile.joins ?? {}) as [CollectionId, string][]
  const known = new Map<string, Map<string, string>>()
  const counted = new Map(
    asked.map(([collection]) => [
      collection,
      { found: 0, missing: 0, foundValues: new Set(), missingValues: new Set<string>() },
    ]),
  )
  for (const [collection] of asked)
    known.set(collection, await readIds(trx, communityId, collection))
  const findStreet = counted.has('street_segments')
    ? await readStreets(trx, communityId)
    : () => null

  const counting = <T>(collection: CollectionId, pointer: string | null, found: T | null) => {
    const count = counted.get(collection)
    if (!count) throw new Error(`${profile.name} did not say that it joins ${collection}`)
    if (found !== null) {
      count.found++
      count.foundValues.add(pointer)
    } else {
      count.missing++
      count.missingValues.add(pointer ?? '(empty)')
    }
    return found
  }
  return {
    joins: {
      find: (collection, externalId) =>
        counting(
          collection,
          externalId,
          (externalId !== null && known.get(collection)?.get(externalId)) || null,
        ),
      nearestStreet: (name, geometry) => {
        const street = name === null ? null : findStreet(name, geometry)
        return counting(
          'street_segments',
          name,
          street && { segment_id: street.id, side: street.side },
        )
      },
    },
    counts: () =>
      asked.map(([collection, property]) => {
        const { found, missing, foundValues, missingValues } = counted.get(collection)!
        return {
          property,
          collection,
          found,
          found_values: foundValues.size,
          missing,
          missing_values: missingValues.size,
          missing_examples: [...missingValues].slice(0, EXAMPLES),
        }
      }),
  }
}

async function readIds(
  trx: Transaction<Database>,
  communityId: string,
  collection: CollectionId,
): Promise<Map<string, string>> {
  const rows = await trx
    .selectFrom(COLLECTIONS[collection].table as 'bay')
    .select(['id', 'external_id'])
    .where('community_id', '=', communityId)
    .where('external_id', 'is not', null)
    .where('valid_to', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.external_id!, row.id]))
}

async function readStreets(trx: Transaction<Database>, communityId: string) {
  const rows = await trx
    .selectFrom('street_segment')
    .select(['id', 'name_zh', 'name_en', asGeoJson('geom').as('geometry_text')])
    .where('community_id', '=', communityId)
    .where('valid_to', 'is', null)
    .orderBy('id')
    .execute()
  return streetFinder(
    rows.map(({ id, name_zh, name_en, geometry_text }) => ({
      id,
      names: [...new Set([name_zh, name_en])].filter((name) => name !== null),
      geometry: JSON.parse(geometry_text) as Geometry,
    })),
  )
}
