import { type Static, Type } from 'typebox'
import { LETTER_STATES } from '../../domain/frontages/standing.ts'
import {
  CalendarDate,
  CommunityRef,
  GeometryShape,
  Instant,
  Literals,
  Nullable,
  Uuid,
} from '../../http/shapes.ts'

/** The ground before shops (门前三包): laid out, answered for by letter, checked, and listed red or black. */

export const CommunityQuery = Type.Object({ community: Type.Optional(CommunityRef) })

const Month = Type.String({
  pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$',
  description: 'local month, YYYY-MM; the current one where missing',
})
export const MonthQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  month: Type.Optional(Month),
})

const range = (minimum: number, maximum: number, description: string) =>
  Type.Optional(Type.Number({ minimum, maximum, description }))

export const LayBody = Type.Object(
  {
    limits: Type.Optional(
      Type.Object(
        {
          wall_reach_m: range(1, 50, 'how far a shop may lie from its wall; 10 where missing'),
          kerb_reach_m: range(1, 50, 'a kerb farther off is another street’s; 12 where missing'),
          limit_m: range(0.5, 20, 'the depth where there is no kerb; 3 where missing'),
          single_width_m: range(1, 50, 'the front of a shop that stands alone; 6 where missing'),
        },
        { additionalProperties: false },
      ),
    ),
    replace_drawn: Type.Optional(
      Type.Boolean({ description: 'also those that were imported or drawn; corrected ones stay' }),
    ),
  },
  { additionalProperties: false },
)
export type LayBody = Static<typeof LayBody>

export const ORIGINS = ['laid', 'corrected', 'drawn'] as const
export type Origin = (typeof ORIGINS)[number]
export const MISSING_REASONS = ['no_point', 'no_wall', 'same_place', 'no_room'] as const

const ShopName = { shop_id: Uuid, shop_name: Nullable(Type.String()) }

export const LayReply = Type.Object({
  frontages: Type.Array(
    Type.Object({
      ...ShopName,
      frontage_id: Nullable(Uuid),
      action: Literals(['create', 'replace', 'same']),
      geometry: GeometryShape,
      width_m: Type.Number(),
      area_m2: Type.Number(),
      depth_by: Literals(['kerb', 'partly', 'limit'], 'limit: no kerb line within reach'),
      is_cut: Type.Boolean({ description: 'ground that others keep was left out' }),
    }),
  ),
  kept: Type.Array(Type.Object({ ...ShopName, frontage_id: Uuid, origin: Literals(ORIGINS) })),
  missing: Type.Array(
    Type.Object({
      ...ShopName,
      reason: Literals(MISSING_REASONS),
      other_name: Nullable(Type.String()),
    }),
  ),
  counts: Type.Object({
    shops: Type.Integer(),
    create: Type.Integer(),
    replace: Type.Integer(),
    same: Type.Integer(),
    kept: Type.Integer(),
    missing: Type.Integer(),
    without_kerb: Type.Integer(),
  }),
})
export type LayReply = Static<typeof LayReply>

export const AtQuery = Type.Object({
  community: Type.Optional(CommunityRef),
  lon: Type.Number({ minimum: -180, maximum: 180 }),
  lat: Type.Number({ minimum: -90, maximum: 90 }),
})

export const AtReply = Type.Object({
  responsible: Type.Array(
    Type.Object({
      frontage_id: Uuid,
      shop_id: Nullable(Uuid),
      shop_name: Nullable(Type.String()),
      category: Nullable(Type.String()),
      letter: Literals(LETTER_STATES),
    }),
    { description: 'empty where nobody’s ground is' },
  ),
})
export type AtReply = Static<typeof AtReply>

const Score = Type.Integer({ minimum: 0, maximum: 100 })
export const Scores = Type.Object(
  { hygiene: Score, order: Score, facilities: Score },
  { additionalProperties: false, description: '卫生, 秩序, 设施' },
)

const Letter = Type.Object({
  state: Literals(LETTER_STATES),
  signed_at: Nullable(CalendarDate),
  valid_until: Nullable(CalendarDate),
  text_version: Nullable(Type.String()),
})

const MonthScore = {
  checks: Type.Integer({ description: 'in the month' }),
  score: Nullable(Type.Number({ description: 'mean of the month’s checks, 0 to 100' })),
  list: Nullable(Literals(['red', 'black'])),
}

const Weight = Type.Number({ minimum: 0, maximum: 100 })
export const Rule = Type.Object(
  {
    weights: Type.Object(
      { hygiene: Weight, order: Weight, facilities: Weight },
      { additionalProperties: false },
    ),
    red_from: Type.Number({ minimum: 0, maximum: 100 }),
    black_below: Type.Number({ minimum: 0, maximum: 100 }),
    least_checks: Type.Integer({ minimum: 1, maximum: 31 }),
  },
  { additionalProperties: false },
)

export const ShopsReply = Type.Object({
  month: Type.String(),
  today: CalendarDate,
  text_version: Type.String({ description: 'of the letter that is signed now' }),
  rule: Rule,
  shops: Type.Array(
    Type.Object({
      id: Uuid,
      name_zh: Nullable(Type.String()),
      category: Nullable(Type.String()),
      grid_id: Nullable(Uuid),
      lon: Nullable(Type.Number()),
      lat: Nullable(Type.Number()),
      letter: Letter,
      ...MonthScore,
      last_check_at: Nullable(Instant),
      frontages: Type.Array(
        Type.Object({
          id: Uuid,
          origin: Literals(ORIGINS),
          version: Type.Integer(),
          geometry: GeometryShape,
        }),
      ),
    }),
  ),
})
export type ShopsReply = Static<typeof ShopsReply>

const Listed = Type.Object({
  shop_id: Uuid,
  shop_name: Nullable(Type.String()),
  checks: Type.Integer(),
  score: Type.Number(),
})
export const ListsReply = Type.Object({
  month: Type.String(),
  rule: Rule,
  red: Type.Array(Listed),
  // Null for those who are not staff.
  black: Nullable(Type.Array(Listed)),
})
export type ListsReply = Static<typeof ListsReply>

export const OwnReply = Type.Object({
  month: Type.String(),
  shops: Type.Array(
    Type.Object({
      id: Uuid,
      letter: Letter,
      ...MonthScore,
      last_check: Nullable(
        Type.Object({
          checked_at: Instant,
          score: Type.Number(),
          scores: Scores,
          note: Nullable(Type.String()),
        }),
      ),
    }),
  ),
})
export type OwnReply = Static<typeof OwnReply>

export const NewLetter = Type.Object(
  {
    id: Uuid,
    merchant_id: Uuid,
    signed_at: CalendarDate,
    valid_until: CalendarDate,
    text_version: Type.String({ minLength: 1, maxLength: 40 }),
  },
  { additionalProperties: false },
)
export type NewLetter = Static<typeof NewLetter>

export const NewCheck = Type.Object(
  {
    id: Uuid,
    merchant_id: Uuid,
    checked_at: Instant,
    scores: Scores,
    note: Type.Optional(Nullable(Type.String({ maxLength: 1000 }))),
  },
  { additionalProperties: false },
)
export type NewCheck = Static<typeof NewCheck>

export const Recorded = Type.Object({ id: Uuid })
