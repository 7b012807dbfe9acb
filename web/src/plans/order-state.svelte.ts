import type { Geometry } from 'geojson'
import { metricFrame, toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { allItems } from '../lib/api.ts'
import { boxOf } from '../map/box.ts'
import { community } from '../state/community.svelte.ts'
import { plans } from './plans-state.svelte.ts'
import { alongKerb, kerbLines, linesOf, sheetsFor, type SheetShape } from './sheet.ts'

export const SCALES = [200, 500] as const

/** About 60 m around the plan, in degrees. */
const AROUND = 0.0006

/** The painting order: what is to be painted or removed, on sheets of paper at a true scale. */
class OrderState {
  scale = $state<(typeof SCALES)[number]>(200)
  failure = $state.raw<unknown>(null)
  #around = $state.raw<{
    buildings: InventoryFeature<'buildings'>[]
    streets: InventoryFeature<'street_segments'>[]
    bays: InventoryFeature<'bays'>[]
  } | null>(null)

  readonly frame = $derived.by(() => {
    const [west, south, east, north] = community.current?.bbox ?? [0, 0, 0, 0]
    return metricFrame((west! + east!) / 2, (south! + north!) / 2)
  })
  /** The plan's bays in the order of the list, numbered from 1. */
  readonly rows = $derived(
    plans.planned
      .filter(({ edit }) => edit.collection === 'bays')
      .map((planned, index) => {
        const geometry = (planned.edit.geometry ?? planned.before?.geometry) as Geometry
        const rings = linesOf(this.frame, geometry)
        return {
          number: index + 1,
          planned,
          rings,
          corner: toDegrees(this.frame, ...(rings[0]?.[0] ?? [0, 0])),
          along: rings[0] ? alongKerb(rings[0], this.#kerbs) : null,
          properties: (planned.edit.properties ??
            planned.before?.properties ??
            {}) as InventoryFeature<'bays'>['properties'],
        }
      })
      .filter(({ rings }) => rings.length > 0),
  )
  readonly sheets = $derived(sheetsFor(this.rows, this.scale))
  readonly #kerbGeometries = $derived(
    (this.#around?.streets ?? []).flatMap(({ properties }) =>
      (properties.sides ?? []).flatMap(({ kerb_line }) =>
        kerb_line ? [kerb_line as Geometry] : [],
      ),
    ),
  )
  readonly #kerbs = $derived(kerbLines(this.frame, this.#kerbGeometries))
  /** What stands around, to find the place by. */
  readonly surroundings = $derived.by((): SheetShape[] => {
    const touched = new Set(plans.planned.map(({ edit }) => edit.feature_id))
    return [
      ...(this.#around?.buildings ?? []).map(({ geometry }) => ({
        kind: 'building' as const,
        geometry: geometry as Geometry,
      })),
      ...this.#kerbGeometries.map((geometry) => ({ kind: 'kerb' as const, geometry })),
      ...(this.#around?.bays ?? [])
        .filter(({ id, properties }) => !touched.has(id) && properties.status !== 'retired')
        .map(({ geometry }) => ({ kind: 'bay' as const, geometry: geometry as Geometry })),
    ]
  })

  /** Reads what stands around the plan. */
  async load(): Promise<void> {
    const shapes = plans.planned.flatMap(
      ({ edit, before }) => edit.geometry ?? before?.geometry ?? [],
    )
    if (shapes.length === 0) return
    const boxes = shapes.map(boxOf)
    const bbox = [
      Math.min(...boxes.map((box) => box[0])) - AROUND,
      Math.min(...boxes.map((box) => box[1])) - AROUND,
      Math.max(...boxes.map((box) => box[2])) + AROUND,
      Math.max(...boxes.map((box) => box[3])) + AROUND,
    ].join(',')
    const query = { community: community.getSlug(), bbox }
    try {
      const [buildings, streets, bays] = await Promise.all([
        allItems('buildings', query),
        allItems('street_segments', query),
        allItems('bays', query),
      ])
      this.#around = { buildings, streets, bays }
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }
}

export const order = new OrderState()
