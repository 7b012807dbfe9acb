import { type Static, type TSchema, Type } from 'typebox'

/** Shapes that every contract may use. Types and schemas only: the browser reads this file too. */

export const Uuid = Type.String({
  format: 'uuid',
  description: 'UUID, version 7 where Jiexu makes it',
})

/** RFC 3339 with offset, for example 2026-05-01T18:30:00+08:00. */
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339 with offset' })

export const CalendarDate = Type.String({ format: 'date', description: 'YYYY-MM-DD, local' })

export const CommunityRef = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9][a-z0-9-]*$',
  description: 'slug or id of a community; may be left out where only one can be meant',
})

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Literals = <const L extends readonly string[]>(values: L, description?: string) =>
  Type.Unsafe<L[number]>({ type: 'string', enum: [...values], ...(description && { description }) })

export const DAY_CODES = ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su', 'ph'] as const

/** One weekly opening: local clock, `to` ≤ `from` crosses midnight, "24:00" allowed, `ph` = public holidays. */
export const WeeklyWindow = Type.Object(
  {
    days: Type.Array(Literals(DAY_CODES), { minItems: 1, maxItems: 8, uniqueItems: true }),
    from: Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }),
    to: Type.String({ pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' }),
  },
  { additionalProperties: false },
)
export type WeeklyWindow = Static<typeof WeeklyWindow>

export const WeeklyWindows = Type.Array(WeeklyWindow, { minItems: 1, maxItems: 100 })

/** Any GeoJSON geometry. Its inside is checked by the geometry door, which names the place of a fault. */
export const GeometryShape = Type.Object(
  {
    type: Type.String(),
    coordinates: Type.Unsafe<unknown>({ type: 'array', items: {} }),
  },
  { description: 'GeoJSON geometry (RFC 7946), WGS 84 lon/lat' },
)

/** RFC 9457. `errors` names each faulty field by path. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        path: Type.String(),
        message: Type.String(),
        lon: Type.Optional(Type.Number()),
        lat: Type.Optional(Type.Number()),
      }),
    ),
  ),
})
export type Problem = Static<typeof Problem>

export const Link = Type.Object({
  href: Type.String(),
  rel: Type.String(),
  type: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
})
export type Link = Static<typeof Link>
