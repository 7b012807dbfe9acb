import type { OpenRing } from '../geometry/ring-edits.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'
import type { FindingUnit, RuleSource, Severity } from '../rules/finding.ts'
import type { Rule, RulePack } from '../rules/rule-pack.ts'
import { near, type PlacedFeature, type Scene } from '../rules/scene.ts'
import type { Span } from './spans.ts'
import { concerns, type Standing } from './standing.ts'
import { rectangleOn, stationsNear, stationsOutside, type Strip } from './strip.ts'

/** A stretch of ground that a rule keeps free of bays, or warns of; `other` is what it keeps them away from. */
export interface Refusal {
  span: Span
  severity: Severity
  rule_id: string | null
  message_key: string
  other: PlacedFeature | null
  /** Where nothing is measured from place to place: what was measured for the whole stretch. */
  measured: number | null
  required: number | null
  unit: FindingUnit | null
  source: RuleSource
  /** Whether a rule speaks of the whole stretch, whatever lies where. */
  isWhole: boolean
}

/** Stored corners are rounded to about a centimetre: what only touches would overlap by that. */
const TOUCH_M = 0.01
/** A bay may end on the community's boundary: less than the overlap that the rules let pass. */
const BOUNDARY_M = 0.001

/** Every stretch of a strip that a rule about places keeps free: exact to the centimetre that is stored. */
export function refusalsOn(
  strip: Strip,
  scene: Scene,
  pack: RulePack,
  { bay }: Pick<Standing, 'bay'>,
): Refusal[] {
  const shape = shapeOf(rectangleOn(strip, [0, strip.length_m]))
  const found: Refusal[] = []
  for (const rule of pack.rules) {
    if (!concerns(rule, bay.vehicle_class, bay.layout)) continue
    if (rule.kind === 'inside_community' && scene.boundary && rule.levels[0]) {
      const { severity } = rule.levels[0]
      const narrower = {
        ...strip,
        near_m: strip.near_m + BOUNDARY_M,
        far_m: strip.far_m - BOUNDARY_M,
      }
      for (const span of stationsOutside(narrower, scene.boundary.shape))
        found.push(refusal(rule, span, severity, null, 0))
    }
    if (rule.kind !== 'clearance' && rule.kind !== 'no_overlap') continue
    const isClearance = rule.kind === 'clearance'
    const reach = isClearance ? Math.max(...rule.levels.map((level) => level.required)) : TOUCH_M
    for (const other of othersOf(rule, shape, scene, reach))
      for (const { severity, required } of rule.levels.slice(0, isClearance ? undefined : 1)) {
        const distance_m = isClearance ? required : TOUCH_M
        for (const span of stationsNear(strip, other.shape, distance_m))
          found.push(refusal(rule, span, severity, other, required))
      }
  }
  return found
}

/** A ring in metres as a shape that can be asked: bays are convex. */
export function shapeOf(ring: OpenRing): PlanarShape {
  const xs = ring.map(([x]) => x)
  const ys = ring.map(([, y]) => y)
  const edges = ring.flatMap(([x, y], i) => [x, y, ...ring[(i + 1) % ring.length]!])
  const twice = ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length]!
    return sum + (x - xs[0]!) * (ny - ys[0]!) - (nx - xs[0]!) * (y - ys[0]!)
  }, 0)
  const turned = twice < 0 ? [...ring].reverse() : ring
  return {
    bounds: [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)],
    edges: Float64Array.from(edges),
    pieces: [Float64Array.from(turned.flat())],
    area_m2: Math.abs(twice) / 2,
  }
}

const refusal = (
  rule: Rule,
  span: Span,
  severity: Severity,
  other: PlacedFeature | null,
  required: number,
): Refusal => ({
  span,
  severity,
  rule_id: rule.id,
  message_key: rule.message_key,
  other,
  measured: null,
  required,
  unit: rule.unit,
  source: rule.source,
  isWhole: false,
})

/** What the rules compare a new bay with: it is there at all hours, and what is over counts for nobody. */
function othersOf(rule: Rule, shape: PlanarShape, scene: Scene, reach_m: number): PlacedFeature[] {
  if (!rule.other) return []
  const { collection, kinds } = rule.other
  return near(scene, collection, shape, reach_m).filter(
    ({ properties, open }) =>
      (!kinds || kinds.includes((properties['kind'] as string | undefined) ?? '')) &&
      !OVER.has((properties['status'] as string | undefined) ?? '') &&
      open.length > 0,
  )
}

const OVER = new Set(['retired', 'ended', 'suspended'])
