import { type Static, Type } from 'typebox'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
} from '../../http/shapes.ts'

/** The clear walking path along a side of a street: how wide the way is that is left, where, and at which hours. */

export const ClearPathParams = Type.Object({ id: Uuid })

export const ClearPathQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  side: Literals(['left', 'right'], 'seen along the drawn direction of the street'),
  at: Type.Optional({ ...Instant, description: 'the moment, or one of the week; now if left out' }),
  hours: Type.Optional(Literals(['week'], 'also every hour of the week that holds the moment')),
})

const Narrowing = Type.Object({
  collection: Type.String(),
  id: Type.String(),
  name_zh: Nullable(Type.String()),
  name_en: Nullable(Type.String()),
  kind: Nullable(Type.String()),
})
export type Narrowing = Static<typeof Narrowing>

const Places = Type.Array(Type.Integer(), { description: 'places in the list "narrowed_by"' })

const WidthPiece = Type.Object(
  {
    from_m: Type.Number({ description: 'metres along the kerb line, from its drawn beginning' }),
    to_m: Type.Number(),
    from_width_m: Type.Number({ description: 'widest unbroken way at the beginning' }),
    to_width_m: Type.Number(),
    narrowed_by: Places,
    line: GeometryShape,
  },
  { description: 'between its ends the width changes evenly; a single point has no length' },
)

const Hours = <T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.Boolean>>(
  value: T,
) => Type.Array(Type.Array(value, { minItems: 24, maxItems: 24 }), { minItems: 7, maxItems: 7 })

/** A profile and what it comes to. */
const Profile = {
  pieces: Type.Array(WidthPiece),
  least: Nullable(
    Type.Object({
      width_m: Type.Number(),
      at_m: Type.Number(),
      where: GeometryShape,
      narrowed_by: Places,
    }),
  ),
  share_under_1_5: Nullable(Type.Number({ description: 'of the length, 0 to 1' })),
  share_under_2: Nullable(Type.Number()),
}

export const ClearPathReply = Type.Object({
  segment_id: Uuid,
  side: Literals(['left', 'right']),
  at: Instant,
  missing: Type.Array(Literals(['kerb_line', 'footway_width_m']), {
    description: 'what is not known of this side; without it there is no profile',
  }),
  length_m: Nullable(Type.Number()),
  footway_width_m: Nullable(Type.Number()),
  furnishing_width_m: Nullable(Type.Number()),
  narrowed_by: Type.Array(Narrowing, { description: 'whatever lies in the footway at any time' }),
  ...Profile,
  wheelchair: Nullable(
    Type.Object(
      {
        is_passable: Type.Boolean(),
        required_m: Type.Number(),
        rule_id: Type.String(),
        source: Type.String(),
      },
      { description: 'by the rule pack in force; null where it has no such rule' },
    ),
  ),
  week: Type.Optional(
    Type.Object({
      monday: CalendarDate,
      least_width_m: Hours(Type.Number({ description: 'the least within each hour' })),
      share_under_1_5: Hours(Type.Number()),
      share_under_2: Hours(Type.Number()),
      is_passable: Hours(Type.Boolean()),
      states: Type.Array(Type.Object(Profile), { description: 'each different profile once' }),
      stretches: Type.Array(
        Type.Object({
          from_minute: Type.Integer({ description: 'from Monday 00:00' }),
          to_minute: Type.Integer(),
          state: Type.Integer({ description: 'its place in "states"' }),
        }),
      ),
    }),
  ),
})
export type ClearPathReply = Static<typeof ClearPathReply>
