import Flatbush from 'flatbush'
import type { Finding } from '../rules/finding.ts'
import { findConflicts } from '../rules/check.ts'
import type { RulePack } from '../rules/rule-pack.ts'
import { type PlacedFeature, type Scene, sceneLayer } from '../rules/scene.ts'

/** A feature of a plan as it would be; null where it would be gone. */
export interface PlannedChange {
  collection: 'bays' | 'vendor_zones'
  id: string
  after: PlacedFeature | null
}

/** Farther than this a bay is no use to a household: the walk between sites that city guides state (rule B14). */
export const REACH_M = 300

/** How far from a change findings are looked for: no rule of the packs reaches farther but those of metro entrances. */
const NEIGHBOURHOOD_M = 60

/** The scene as it would be with the plan's changes in it. */
export function sceneAfter(scene: Scene, changes: readonly PlannedChange[]): Scene {
  const layers = new Map(scene.layers)
  for (const collection of new Set(changes.map((change) => change.collection))) {
    const own = changes.filter((change) => change.collection === collection)
    const touched = new Set(own.map(({ id }) => id))
    layers.set(
      collection,
      sceneLayer([
        ...(scene.layers.get(collection)?.features ?? []).filter(({ id }) => !touched.has(id)),
        ...own.flatMap(({ after }) => after ?? []),
      ]),
    )
  }
  return { ...scene, layers }
}

/** Bays that are in force, painted or decided; a plan on paper gives nobody a place. */
const baysInForce = (scene: Scene): PlacedFeature[] =>
  (scene.layers.get('bays')?.features ?? []).filter(({ properties }) =>
    ['approved', 'painted'].includes((properties['status'] as string | undefined) ?? ''),
  )

/** Places by vehicle class; a bay for two classes counts for each of them. */
export function placesByClass(scene: Scene): Record<string, number> {
  const places: Record<string, number> = {}
  for (const { properties } of baysInForce(scene))
    for (const vehicle of properties['vehicle_classes'] as string[])
      places[vehicle] = (places[vehicle] ?? 0) + ((properties['capacity'] as number | null) ?? 0)
  return places
}

export const countBays = (scene: Scene): number => baysInForce(scene).length
export const countZones = (scene: Scene): number =>
  (scene.layers.get('vendor_zones')?.features ?? []).filter(
    ({ properties }) => properties['status'] === 'approved',
  ).length

/**
 * Households by vehicle class whose building's middle lies within 300 m, straight, of the middle of a bay in force of
 * the class with at least one place. Buildings without a number of households count nothing.
 */
export function householdsInReach(scene: Scene): Record<string, number> {
  const byClass = new Map<string, [number, number][]>()
  for (const { shape, properties } of baysInForce(scene)) {
    if (!((properties['capacity'] as number | null) ?? 0)) continue
    for (const vehicle of properties['vehicle_classes'] as string[])
      byClass.set(vehicle, [...(byClass.get(vehicle) ?? []), middleOf(shape.bounds)])
  }
  const buildings = scene.layers.get('buildings')?.features ?? []
  const reached: Record<string, number> = {}
  for (const [vehicle, middles] of byClass) {
    const index = new Flatbush(middles.length)
    for (const [x, y] of middles) index.add(x, y, x, y)
    index.finish()
    reached[vehicle] = 0
    for (const { shape, properties } of buildings) {
      const households = (properties['households'] as number | null | undefined) ?? 0
      if (households && index.neighbors(...middleOf(shape.bounds), 1, REACH_M).length > 0)
        reached[vehicle] += households
    }
  }
  return reached
}

/** The households of all buildings that state them. */
export const householdsOf = (scene: Scene): number =>
  (scene.layers.get('buildings')?.features ?? []).reduce(
    (sum, { properties }) => sum + ((properties['households'] as number | null | undefined) ?? 0),
    0,
  )

/** Findings of bays and zones within 60 m of what the plan touches, as it is and as it would be. */
export function findingsAround(
  before: Scene,
  after: Scene,
  changes: readonly PlannedChange[],
  pack: RulePack,
): { before: Finding[]; after: Finding[] } {
  const shapes = changes.flatMap((change) => [
    ...(change.after ? [change.after.shape] : []),
    ...(before.layers.get(change.collection)?.features ?? [])
      .filter(({ id }) => id === change.id)
      .map(({ shape }) => shape),
  ])
  const box = shapes.reduce<[number, number, number, number]>(
    ([minx, miny, maxx, maxy], { bounds }) => [
      Math.min(minx, bounds[0] - NEIGHBOURHOOD_M),
      Math.min(miny, bounds[1] - NEIGHBOURHOOD_M),
      Math.max(maxx, bounds[2] + NEIGHBOURHOOD_M),
      Math.max(maxy, bounds[3] + NEIGHBOURHOOD_M),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  )
  const judge = (scene: Scene) =>
    shapes.length === 0
      ? []
      : (['bays', 'vendor_zones'] as const).flatMap(
          (collection) => findConflicts(scene, pack, { collection, box }).findings,
        )
  return { before: judge(before), after: judge(after) }
}

/** What a plan ends and what it brings: findings of the same rule between the same two are one and the same. */
export function changedFindings(
  before: readonly Finding[],
  after: readonly Finding[],
): { gone: Finding[]; new: Finding[] } {
  const keyOf = ({ rule_id, severity, subject, other }: Finding) =>
    [rule_id, severity, ...[subject.id, other?.id ?? ''].sort()].join(' ')
  const known = new Set(before.map(keyOf))
  const left = new Set(after.map(keyOf))
  return {
    gone: before.filter((finding) => !left.has(keyOf(finding))),
    new: after.filter((finding) => !known.has(keyOf(finding))),
  }
}

const middleOf = ([minx, miny, maxx, maxy]: readonly [number, number, number, number]): [
  number,
  number,
] => [(minx + maxx) / 2, (miny + maxy) / 2]
