import type { Geometry, Position } from 'geojson'
import { COMPASS, type MoveFix } from './finding.ts'
import { leastThat } from './fix-search.ts'
import { reshaped, type Trial } from './fix-trial.ts'
import type { PlacedFeature } from './scene.ts'
import { type StandingPlace, standingPlace } from './street-side.ts'

/** Farther than this is another site, not a fix. */
const MOST_M = 30
/** A kerb that bends takes a bay along with it; by less than this it is straight. */
const BEND_M = 0.02

type Vector = readonly [x: number, y: number]

/**
 * The shortest move that mends a finding: along the kerb either way, then across it within the footway; what stands on
 * no street may go in eight directions. Null where none up to 30 m does.
 */
export function moved(trial: Trial): MoveFix | null {
  const { subject, scene } = trial
  const place = standingPlace(scene, subject.shape, subject.properties)
  const ways: { direction: Vector; isAlong: boolean }[] = place
    ? [
        { direction: place.along, isAlong: true },
        { direction: [-place.along[0], -place.along[1]], isAlong: true },
        ...acrossOf(place).map((direction) => ({ direction, isAlong: false })),
      ]
    : COMPASS.map((_, i) => ({
        direction: [Math.sin((i * Math.PI) / 4), Math.cos((i * Math.PI) / 4)] as const,
        isAlong: false,
      }))
  let best: MoveFix | null = null
  for (const { direction, isAlong } of ways) {
    const most = best ? best.distance_m : MOST_M
    const found = leastThat(most, (distance) => {
      const by: Vector = [direction[0] * distance, direction[1] * distance]
      const changed = place ? keptOnKerb(trial, place, by, isAlong) : shifted(trial, by)
      return changed && trial.isGood(changed.feature) ? changed : null
    })
    if (!found) continue
    const fix = describe(found.found.feature, found.found.by, isAlong)
    if (!best || fix.distance_m < best.distance_m) best = fix
  }
  return best
}

interface Moved {
  feature: PlacedFeature
  by: Vector
}

/** Across the kerb only on the footway: nothing is pushed into the carriageway. */
function acrossOf(place: StandingPlace): Vector[] {
  if (place.nearest_m < 0 || place.footway_width_m === null) return []
  const normal = towardsFootway(place)
  return [normal, [-normal[0], -normal[1]]]
}

const towardsFootway = ({ side, along: [x, y] }: StandingPlace): Vector =>
  side === 'left' ? [-y, x] : [y, -x]

function keptOnKerb(
  trial: Trial,
  place: StandingPlace,
  by: Vector,
  isAlong: boolean,
): Moved | null {
  const first = shifted(trial, by)
  const there = placeOf(trial, place, first.feature)
  if (!there) return null
  if (!isAlong) {
    const fits = there.nearest_m >= 0 && there.farthest_m <= (place.footway_width_m ?? Infinity)
    return fits ? first : null
  }
  const drift = place.nearest_m - there.nearest_m
  if (Math.abs(drift) <= BEND_M) return first
  const normal = towardsFootway(there)
  const again = shifted(trial, [by[0] + normal[0] * drift, by[1] + normal[1] * drift])
  return placeOf(trial, place, again.feature) ? again : null
}

/** Where it stands then, if on the same side of the same street. */
function placeOf(trial: Trial, place: StandingPlace, changed: PlacedFeature): StandingPlace | null {
  const there = standingPlace(trial.scene, changed.shape, changed.properties)
  return there?.segment_id === place.segment_id && there.side === place.side ? there : null
}

function shifted({ scene, subject }: Trial, by: Vector): Moved {
  const { frame } = scene
  const [lon, lat] = [by[0] / frame.metres_per_lon, by[1] / frame.metres_per_lat]
  const geometry = mapPositions(subject.geometry, ([x, y]) => [
    rounded(x! + lon),
    rounded(y! + lat),
  ])
  return { feature: reshaped(scene, subject, geometry), by }
}

function describe(feature: PlacedFeature, by: Vector, isAlong: boolean): MoveFix {
  const bearing = ((Math.atan2(by[0], by[1]) * 180) / Math.PI + 360) % 360
  return {
    kind: 'move',
    distance_m: Math.round(Math.hypot(...by) * 100) / 100,
    direction: COMPASS[Math.round(bearing / 45) % 8]!,
    bearing_deg: Math.round(bearing) % 360,
    is_along_kerb: isAlong,
    geometry: feature.geometry,
  }
}

/** Seven decimals, as positions are sent and stored. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7

function mapPositions(geometry: Geometry, move: (position: Position) => Position): Geometry {
  if (geometry.type === 'GeometryCollection') return geometry
  const nested = (coordinates: unknown): unknown =>
    typeof (coordinates as unknown[])[0] === 'number'
      ? move(coordinates as Position)
      : (coordinates as unknown[]).map(nested)
  return { ...geometry, coordinates: nested(geometry.coordinates) } as Geometry
}
