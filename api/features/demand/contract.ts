import { type Static, Type } from 'typebox'
import { DEMAND_WEIGHTS } from '../../domain/statistics/demand.ts'
import { CommunityRef, Instant, Literals, Nullable, Uuid } from '../../http/shapes.ts'
import { SIDES, VEHICLE_CLASSES } from '../inventory/contract.ts'

/** Where places to park are missing, side by side of the streets, with the reasons. */

const CODES = Object.keys(DEMAND_WEIGHTS) as (keyof typeof DEMAND_WEIGHTS)[]

export const DemandQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  vehicle_class: Type.Optional(Literals(VEHICLE_CLASSES, 'bicycle where it is missing')),
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 400, description: 'how far back; 180 where missing' }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, description: '100 where missing' }),
  ),
})

const Name = {
  name_zh: Nullable(Type.String()),
  name_en: Nullable(Type.String()),
}

export const DemandReply = Type.Object({
  vehicle_class: Literals(VEHICLE_CLASSES),
  from: Instant,
  to: Instant,
  walk_m: Type.Number(),
  weights: Type.Record(
    Type.String(),
    Type.Object({
      points: Type.Number(),
      full_at: Type.Number({ description: 'the figure at which it counts fully' }),
    }),
  ),
  checked: Type.Integer({ description: 'how many sides were weighed' }),
  sides: Type.Array(
    Type.Object({
      segment_id: Uuid,
      side: Literals(SIDES),
      ...Name,
      score: Type.Number({ description: '0 to 100' }),
      capacity: Type.Integer({ description: 'places of the class along the side' }),
      peak_percent: Nullable(Type.Number()),
      kerb: Type.Array(Type.Array(Type.Number()), { description: 'lon, lat of the kerb line' }),
      reasons: Type.Array(
        Type.Object({
          code: Literals(CODES),
          figure: Nullable(Type.Number({ description: 'null where too little is known' })),
          points: Type.Number(),
          of: Nullable(Type.Integer({ description: 'readings or passes' })),
          interval: Nullable(Type.Object({ low: Type.Number(), high: Type.Number() })),
        }),
      ),
    }),
  ),
  grids: Type.Array(
    Type.Object({
      grid_id: Uuid,
      ...Name,
      households: Type.Integer(),
      households_without: Type.Integer({ description: 'no free place within the walk' }),
      shops: Type.Integer(),
      shops_without: Type.Integer(),
    }),
  ),
})
export type DemandReply = Static<typeof DemandReply>
