import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Polygon } from 'geojson'
import { Type } from 'typebox'
import type { RulePacks } from '../../db/rule-packs.ts'
import { toMetres } from '../../domain/geometry/metric-frame.ts'
import { planarShape } from '../../domain/geometry/planar-shape.ts'
import { checkGeometry } from '../../domain/geometry/validity.ts'
import { demandOf, householdsIn } from '../../domain/layout/demand.ts'
import { layOutArea } from '../../domain/layout/lay-out-area.ts'
import { layOutSides, type LayoutWish } from '../../domain/layout/lay-out-sides.ts'
import type { Scene } from '../../domain/rules/scene.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef } from '../../http/shapes.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { LayoutBody, LayoutReply } from './contract.ts'

/** A yard wider than this is no yard; rows of a whole district are not laid out in one call. */
const MOST_AREA_M2 = 100_000
const MOST_CORNERS = 200

/** Where could bays go? Laid out by the rules in force; nothing is stored. */
export function layoutRoutes(parts: {
  models: StreetModels
  scenes: Scenes
  rulePacks: RulePacks
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/layouts',
      {
        schema: {
          tags: ['layouts'],
          summary: 'Lay bays out along street sides or in a yard; nothing is stored',
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          body: LayoutBody,
          response: { 200: LayoutReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { sides, polygon, ...body } = request.body
        if ((sides === undefined) === (polygon === undefined))
          throw new ApiProblem('request/invalid-body', 'give either "sides" or "polygon"', [
            { path: 'sides', message: 'street sides, or "polygon": one of the two' },
          ])
        const scene = parts.scenes.sceneOf(await parts.models.get(community.id))
        const { pack } = await parts.rulePacks.inForce(community.id)
        const wish = wishOf(body, scene)
        const layout =
          sides === undefined
            ? layOutArea(yardOf(polygon, scene), wish, scene, pack)
            : layOutSides(known(sides, scene), wish, scene, pack)
        const alternatives = layout.alternatives.map(({ bays, ...alternative }) => ({
          ...alternative,
          bays: bays.map(({ geometry, properties }) => ({
            type: 'Feature' as const,
            geometry,
            properties,
          })),
        }))
        const rule_pack = { id: pack.id, version: pack.version }
        return { ...layout, alternatives, rule_pack } as never
      },
    )
  }
}

type Wished = Omit<LayoutBody, 'sides' | 'polygon'>

function wishOf(body: Wished, scene: Scene): LayoutWish {
  const { vehicle_class, demand } = body
  const wanted = demand?.map(({ lon, lat, weight }) => ({
    point: toMetres(scene.frame, lon, lat),
    weight,
  }))
  return {
    vehicle_class,
    layout: body.layout ?? null,
    rows: body.rows ?? null,
    places_wanted: body.places_wanted ?? null,
    unit_length_m: body.unit_length_m ?? null,
    unit_width_m: body.unit_width_m ?? null,
    longest_run_m: body.longest_run_m ?? null,
    gap_m: body.gap_m ?? null,
    demand: demandOf(wanted ?? householdsIn(scene)),
  }
}

/** Each side once. @throws ApiProblem 422 naming a street that is not there. */
function known(sides: NonNullable<LayoutBody['sides']>, scene: Scene): typeof sides {
  const segments = new Set(scene.layers.get('street_segments')?.features.map(({ id }) => id))
  const errors = sides.flatMap(({ segment_id }, i) =>
    segments.has(segment_id)
      ? []
      : [{ path: `sides/${i}/segment_id`, message: 'no street segment of this community' }],
  )
  if (errors.length > 0)
    throw new ApiProblem(
      'inventory/unknown-reference',
      `${errors[0]!.path}: ${errors[0]!.message}`,
      errors.slice(0, 50),
    )
  const keyOf = ({ segment_id, side }: (typeof sides)[number]) => `${segment_id}/${side}`
  return [...new Map(sides.map((side) => [keyOf(side), side])).values()]
}

/** @throws ApiProblem 422 with the place of the fault. */
function yardOf(polygon: LayoutBody['polygon'], scene: Scene): Polygon {
  const checked = checkGeometry(polygon, { types: ['Polygon'] })
  if (!checked.ok) {
    const { ok: _, path, ...fault } = checked
    const at = `polygon${path && `/${path}`}`
    throw new ApiProblem('geometry/invalid', `${at}: ${fault.message}`, [{ ...fault, path: at }])
  }
  const yard = checked.geometry as Polygon
  const corners = yard.coordinates.reduce((sum, ring) => sum + ring.length - 1, 0)
  if (corners > MOST_CORNERS)
    throw tooMuch(`has ${corners} corners: ${MOST_CORNERS} are the most a yard may have`)
  const { area_m2 } = planarShape(scene.frame, yard)
  if (area_m2 > MOST_AREA_M2)
    throw tooMuch(
      `covers ${Math.round(area_m2)} m²: ${MOST_AREA_M2} m² are the most a yard may have`,
    )
  return yard
}

const tooMuch = (message: string): ApiProblem =>
  new ApiProblem('geometry/invalid', `polygon: ${message}`, [{ path: 'polygon', message }])
