import Flatbush from 'flatbush'
import type { Geometry } from 'geojson'
import { type MetricFrame } from '../geometry/metric-frame.ts'
import { doBoundsMeet } from '../geometry/overlap.ts'
import { type PlanarShape, planarShape } from '../geometry/planar-shape.ts'
import { aroundHolidays, type HolidayCalendar, namesHolidays } from '../schedule/around-holidays.ts'
import { ALWAYS, type Interval, weekIntervals, type WeeklyWindow } from '../schedule/windows.ts'

/** A feature as the rules see it: WGS 84 geometry and the properties of its collection's contract. */
export interface SceneFeature {
  collection: string
  id: string
  geometry: Geometry
  properties: Readonly<Record<string, unknown>>
}

/**
 * A feature with its shape in metres and its open minutes of the week, made once and asked often. `open_holidays` is on
 * the holiday axis, null where its windows name no holidays.
 */
export interface PlacedFeature extends SceneFeature {
  shape: PlanarShape
  open: readonly Interval[]
  open_holidays: readonly Interval[] | null
}

/** What a draft or a stored use is judged against: the surroundings by collection, in one metric frame. */
export interface Scene {
  frame: MetricFrame
  boundary: { geometry: Geometry; shape: PlanarShape } | null
  layers: ReadonlyMap<string, SceneLayer>
  /** The holidays that the community keeps; China's where nothing is said. */
  holidays?: HolidayCalendar
}

/** `drafts` stand beside the indexed features and in place of those with the same ids, without another index. */
export interface SceneLayer {
  features: readonly PlacedFeature[]
  index: Flatbush | null
  drafts?: readonly PlacedFeature[]
}

/** What takes a piece of street for itself, some of it by a schedule: each is judged against all others. */
export const USES = ['bays', 'vendor_zones', 'closures', 'lots', 'frontages'] as const
export type Use = (typeof USES)[number]

/** The collections that any rule compares with; others need not be placed. */
export const JUDGED_COLLECTIONS = [...USES, 'curb_objects', 'buildings', 'street_segments'] as const

export function placeFeature(frame: MetricFrame, feature: SceneFeature): PlacedFeature {
  const windows = feature.properties['windows'] as readonly WeeklyWindow[] | null | undefined
  return {
    ...feature,
    shape: planarShape(frame, feature.geometry),
    open: windows ? weekIntervals(windows) : ALWAYS,
    open_holidays: windows && namesHolidays(windows) ? aroundHolidays(windows) : null,
  }
}

/** Places features and indexes them; `boundary` is the community's area, null where it is unknown. */
export function buildScene(
  frame: MetricFrame,
  boundary: Geometry | null,
  features: Iterable<SceneFeature>,
): Scene {
  const byCollection = new Map<string, PlacedFeature[]>()
  for (const feature of features) {
    const placed = placeFeature(frame, feature)
    const layer = byCollection.get(feature.collection)
    if (layer) layer.push(placed)
    else byCollection.set(feature.collection, [placed])
  }
  return {
    frame,
    boundary: boundary && { geometry: boundary, shape: planarShape(frame, boundary) },
    layers: new Map([...byCollection].map(([id, placed]) => [id, sceneLayer(placed)])),
  }
}

/** A layer over features that are placed already: a model that changes one layer keeps the others. */
export function sceneLayer(features: readonly PlacedFeature[]): SceneLayer {
  if (features.length === 0) return { features, index: null }
  const index = new Flatbush(features.length)
  for (const { shape } of features) index.add(...shape.bounds)
  index.finish()
  return { features, index }
}

/** The same scene with drafts in it: what is dragged moves many times a second, and the surroundings stay. */
export function withDrafts(scene: Scene, drafts: readonly PlacedFeature[]): Scene {
  const layers = new Map(scene.layers)
  for (const collection of new Set(drafts.map((draft) => draft.collection)))
    layers.set(collection, {
      ...(layers.get(collection) ?? { features: [], index: null }),
      drafts: drafts.filter((draft) => draft.collection === collection),
    })
  return { ...scene, layers }
}

/** The features of a collection whose boxes come within `margin_m` of the shape's box. */
export function near(
  scene: Scene,
  collection: string,
  shape: PlanarShape,
  margin_m: number,
): PlacedFeature[] {
  const layer = scene.layers.get(collection)
  if (!layer) return []
  const [minx, miny, maxx, maxy] = shape.bounds
  const { features, index, drafts } = layer
  const found = index
    ? index.search(minx - margin_m, miny - margin_m, maxx + margin_m, maxy + margin_m)
    : []
  if (!drafts) return found.map((i) => features[i]!)
  return [
    ...found.map((i) => features[i]!).filter((f) => !drafts.some((draft) => draft.id === f.id)),
    ...drafts.filter((draft) => doBoundsMeet(draft.shape, shape, margin_m)),
  ]
}
