import type { Finding } from './finding.ts'
import type { Rule } from './rule-pack.ts'
import { type PlacedFeature, placeFeature, type Scene } from './scene.ts'

/** A search for what mends one finding: a changed subject is tried against the finding's rule, then against all. */
export interface Trial {
  finding: Finding
  rule: Rule
  subject: PlacedFeature
  scene: Scene
  /** Whether the finding's own rule would be kept: the cheap half. */
  mends(changed: PlacedFeature): boolean
  /** Whether it is gone and nothing hard has come instead. */
  isGood(changed: PlacedFeature): boolean
}

/** A subject with another geometry, as it would be stored. */
export const reshaped = (
  { frame }: Scene,
  subject: PlacedFeature,
  geometry: PlacedFeature['geometry'],
  properties: PlacedFeature['properties'] = subject.properties,
): PlacedFeature => ({
  ...placeFeature(frame, { ...subject, geometry, properties: { ...properties, windows: null } }),
  properties,
  open: subject.open,
  open_holidays: subject.open_holidays,
})
