import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import {
  bayCapacity,
  type BayLayout,
  type VehicleClass,
} from '../../domain/geometry/bay-capacity.ts'
import { orientedExtent } from '../../domain/geometry/oriented-extent.ts'
import { planarShape } from '../../domain/geometry/planar-shape.ts'
import { checkGeometry } from '../../domain/geometry/validity.ts'
import type { Scene, SceneFeature } from '../../domain/rules/scene.ts'
import { standingPlace } from '../../domain/rules/street-side.ts'
import { ApiProblem, type FieldError } from '../../http/problem.ts'
import { COLLECTIONS, writableProperties } from '../inventory/contract.ts'
import type { CheckBody, CheckReply } from './contract.ts'

/** The closed shape of each collection's properties, made once: Fastify keeps compiled checks by identity. */
const PROPERTIES = {
  bays: writableProperties('bays', false),
  vendor_zones: writableProperties('vendor_zones', false),
  closures: writableProperties('closures', false),
}

/**
 * Lets drafts in as the inventory would: geometry through the door, properties by the collection's contract.
 * @throws ApiProblem 422 naming every faulty feature by its index.
 */
export function admitDrafts(
  request: FastifyRequest,
  features: Static<typeof CheckBody>['features'],
): SceneFeature[] {
  const errors: FieldError[] = []
  const drafts = features.map((feature, index): SceneFeature => {
    const { collection, ...properties } = feature.properties
    const path = `features/${index}`
    const checked = checkGeometry(feature.geometry, { types: COLLECTIONS[collection].geometry })
    if (!checked.ok) {
      const { ok: _, path: inside, ...fault } = checked
      errors.push({ ...fault, path: `${path}/geometry${inside && `/${inside}`}` })
    }
    const schema = PROPERTIES[collection]
    const validate =
      request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'body')
    if (!validate(properties))
      for (const fault of validate.errors ?? [])
        errors.push({
          path: `${path}/properties${fault.instancePath}`,
          message: fault.message ?? 'not valid',
        })
    return {
      collection,
      id: feature.id ?? uuidv7(),
      geometry: (checked.ok ? checked.geometry : feature.geometry) as SceneFeature['geometry'],
      properties,
    }
  })
  if (errors.length === 0) return drafts
  const [first] = errors
  throw new ApiProblem('geometry/invalid', `${first!.path}: ${first!.message}`, errors.slice(0, 50))
}

/** The capacity and size of each draft bay, its length measured along its kerb; zones have no places. */
export function measureDrafts(
  scene: Scene,
  drafts: readonly SceneFeature[],
): CheckReply['capacity'] {
  return drafts.map((draft, index) => {
    const shape = planarShape(scene.frame, draft.geometry)
    const extent = orientedExtent(shape, standingPlace(scene, shape, draft.properties)?.along)
    const number = (member: string) =>
      (draft.properties[member] as number | null | undefined) ?? null
    const [vehicle] = (draft.properties['vehicle_classes'] ?? []) as VehicleClass[]
    return {
      index,
      places: vehicle
        ? bayCapacity({
            vehicle_class: vehicle,
            layout: (draft.properties['layout'] as BayLayout | null | undefined) ?? null,
            rows: number('rows'),
            unit_length_m: number('unit_length_m'),
            unit_width_m: number('unit_width_m'),
            ...extent,
          })
        : null,
      length_m: round(extent.length_m),
      depth_m: round(extent.depth_m),
      area_m2: round(shape.area_m2),
    }
  })
}

const round = (metres: number): number => Math.round(metres * 100) / 100
