import {
  type TrackFix,
  WALKED_SHARE,
  type WalkableStreet,
  walkedSides,
} from '../../../api/domain/geometry/track-matching.ts'
import type { FieldSide } from './nearby.ts'
import { sideKey } from '../parts/side-names.ts'

/** The streets of the field package's sides, as the domain matches tracks to them. Pure. */
export function streetsOf(sides: readonly FieldSide[]): WalkableStreet[] {
  const streets = new Map<
    string,
    { centreline: WalkableStreet['centreline']; sides: FieldSide['side'][] }
  >()
  for (const { segment_id, side, centreline } of sides) {
    const street = streets.get(segment_id)
    if (street) street.sides.push(side)
    else
      streets.set(segment_id, {
        centreline: centreline.map((p) => [p[0]!, p[1]!] as const),
        sides: [side],
      })
  }
  return [...streets].map(([segment_id, street]) => ({ segment_id, ...street }))
}

/** The sides that count as walked by a track, as `segment/side`. */
export function walkedKeys(
  track: readonly TrackFix[],
  streets: readonly WalkableStreet[],
): string[] {
  return walkedSides(track, streets)
    .filter(({ share }) => share >= WALKED_SHARE)
    .map(sideKey)
}
