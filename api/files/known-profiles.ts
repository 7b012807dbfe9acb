import { COLLECTION_IDS, type CollectionId } from '../features/inventory/contract.ts'
import { genericProfile } from './generic-profile.ts'
import type { Profile } from './profile.ts'
import { berlinParkingAreas } from './profiles/berlin-parking-areas.ts'
import { berlinParkingWays } from './profiles/berlin-parking-ways.ts'
import { berlinPlanningAreas } from './profiles/berlin-planning-areas.ts'
import { berlinStreetNames } from './profiles/berlin-street-names.ts'
import { herrenbergBike, karlsruheBike } from './profiles/bike-parking.ts'
import { melbourneRestrictions } from './profiles/melbourne-restrictions.ts'
import { melbourneBays, melbourneSegments, melbourneSensors } from './profiles/melbourne.ts'
import { openStreetMap } from './profiles/osm.ts'
import { FileRefusal } from './refusal.ts'
import type { SourceRecord } from './source-file.ts'

/** The publishers' files that are known; what an OpenStreetMap id tells is surer than names of properties. */
export const PROFILES: readonly Profile[] = [
  openStreetMap,
  berlinParkingWays,
  berlinParkingAreas,
  berlinPlanningAreas,
  berlinStreetNames,
  melbourneSegments,
  melbourneBays,
  melbourneSensors,
  melbourneRestrictions,
  karlsruheBike,
  herrenbergBike,
]

/** The profile that knows a file by its first records; null where none does. */
export const profileOf = (sample: readonly SourceRecord[]): Profile | null =>
  PROFILES.find((profile) => profile.recognises?.(sample)) ?? null

/**
 * The profile of `--as`: a known one by name, or the generic one of a collection with `source` and `map`.
 * @throws FileRefusal for another name, or when `map` is given to a known profile.
 */
export function profileNamed(
  name: string,
  source: string,
  map: Readonly<Record<string, string>>,
): Profile {
  const known = PROFILES.find((profile) => profile.name === name)
  if (known) {
    if (Object.keys(map).length > 0)
      throw new FileRefusal(`--map goes with a collection; ${name} knows its properties`)
    return known
  }
  if ((COLLECTION_IDS as string[]).includes(name))
    return genericProfile(name as CollectionId, source, map)
  throw new FileRefusal(
    `--as ${JSON.stringify(name)} is neither a collection (${COLLECTION_IDS.join(', ')}) nor a profile (${PROFILES.map((profile) => profile.name).join(', ')})`,
  )
}
