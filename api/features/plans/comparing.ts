import type { Geometry } from 'geojson'
import { asCommunities } from '../../db/tenant.ts'
import { type PaintedBay, paintingQuantities, priced } from '../../domain/planning/plan-cost.ts'
import { netEdits } from '../../domain/planning/plan-edits.ts'
import {
  changedFindings,
  countBays,
  countZones,
  findingsAround,
  householdsInReach,
  householdsOf,
  placesByClass,
  type PlannedChange,
  sceneAfter,
} from '../../domain/planning/plan-effect.ts'
import type { Finding } from '../../domain/rules/finding.ts'
import { type PlacedFeature, placeFeature, type Scene } from '../../domain/rules/scene.ts'
import type { Community } from '../../http/community.ts'
import { refuseMissingPlan } from './changing.ts'
import type { Comparison } from './contract.ts'
import type { PlanParts } from './parts.ts'
import { findEdits, findPlan, type StoredEdit } from './store.ts'

/**
 * What a plan changes: the community as it is against the community as it would be when the plan is published.
 * @throws ApiProblem 404.
 */
export async function comparePlan(
  parts: PlanParts,
  community: Community,
  id: string,
): Promise<Comparison> {
  const { plan, edits } = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const plan = await findPlan(trx, community.id, id)
    refuseMissingPlan(plan, id)
    return { plan, edits: await findEdits(trx, community.id, id) }
  })
  const before = parts.scenes.sceneOf(await parts.models.get(community.id))
  const pack = await parts.packOf(community)
  const changes = netEdits(edits).map(({ action, last }): PlannedChange => {
    const now = storedFeature(before, last)
    return {
      collection: last.collection,
      id: last.feature_id,
      after: action === 'retire' ? null : planned(before, last, now),
    }
  })
  const after = sceneAfter(before, changes)
  const findings = findingsAround(before, after, changes, pack)
  const changed = changedFindings(findings.before, findings.after)
  return {
    before: sideOf(before, findings.before),
    after: sideOf(after, findings.after),
    households: householdsOf(before),
    findings: [
      ...changed.new.map((finding) => briefly(finding, 'new')),
      ...changed.gone.map((finding) => briefly(finding, 'gone')),
    ],
    cost: priced(paintingQuantities(bayChanges(before, changes)), plan.unit_prices),
  }
}

const storedFeature = (scene: Scene, edit: StoredEdit): PlacedFeature | undefined =>
  scene.layers.get(edit.collection)?.features.find(({ id }) => id === edit.feature_id)

/** The feature as publishing would leave it: decided, or in the state it has on the street. */
function planned(scene: Scene, edit: StoredEdit, now: PlacedFeature | undefined): PlacedFeature {
  const status = now?.properties['status'] as string | undefined
  const isDecided = status !== undefined && !['draft', 'proposed'].includes(status)
  return placeFeature(scene.frame, {
    collection: edit.collection,
    id: edit.feature_id,
    geometry: JSON.parse(edit.geometry_text!) as Geometry,
    properties: { ...edit.properties, status: isDecided ? status : 'approved' },
  })
}

const sideOf = (scene: Scene, findings: readonly Finding[]) => ({
  places: placesByClass(scene),
  bays: countBays(scene),
  vendor_zones: countZones(scene),
  households_in_reach: householdsInReach(scene),
  hard_findings: findings.filter(({ severity }) => severity === 'hard').length,
  warnings: findings.filter(({ severity }) => severity === 'warning').length,
})

const briefly = (finding: Finding, change: 'gone' | 'new') => ({
  rule_id: finding.rule_id,
  severity: finding.severity,
  message_key: finding.message_key,
  subject_id: finding.subject.id,
  subject_collection: finding.subject.collection,
  change,
  measured: finding.measured,
  required: finding.required,
  unit: finding.unit,
  where: finding.where as never,
})

function bayChanges(scene: Scene, changes: readonly PlannedChange[]) {
  const created: PaintedBay[] = []
  const replaced: { before: PaintedBay; after: PaintedBay }[] = []
  const retired: PaintedBay[] = []
  for (const { collection, id, after } of changes) {
    if (collection !== 'bays') continue
    const stored = scene.layers.get('bays')?.features.find((feature) => feature.id === id)
    // Only what is on the ground has lines to remove.
    const painted = stored?.properties['status'] === 'painted' ? bayOf(stored) : null
    if (after && painted) replaced.push({ before: painted, after: bayOf(after) })
    else if (after) created.push(bayOf(after))
    else if (painted) retired.push(painted)
  }
  return { created, replaced, retired }
}

const bayOf = ({ shape, properties }: PlacedFeature): PaintedBay => ({
  shape,
  capacity: (properties['capacity'] as number | null | undefined) ?? null,
  vehicle_classes: (properties['vehicle_classes'] as string[] | undefined) ?? [],
  unit_length_m: (properties['unit_length_m'] as number | null | undefined) ?? null,
})
