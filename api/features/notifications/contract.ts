import { type Static, Type } from 'typebox'
import { Instant, Nullable, Uuid } from '../../http/shapes.ts'

/** What a signed-in person is told, and by which way beside the page. */

export const NotificationView = Type.Object({
  id: Uuid,
  community_id: Uuid,
  message_key: Type.String({ description: 'key of the page’s message catalogue' }),
  params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  case_id: Nullable(Uuid),
  created_at: Instant,
  read_at: Nullable(Instant),
})
export type NotificationView = Static<typeof NotificationView>

export const NotificationList = Type.Object({
  notifications: Type.Array(NotificationView),
  unread: Type.Integer(),
})

const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' })

export const NotificationSettings = Type.Object(
  {
    email: Nullable(Type.String({ format: 'email', maxLength: 200 })),
    by_email: Type.Boolean(),
    by_push: Type.Boolean(),
    quiet_from: Nullable(Clock),
    quiet_to: Nullable(Clock),
  },
  { additionalProperties: false },
)
export type NotificationSettings = Static<typeof NotificationSettings>

/** Which ways the service is set up for; `push_key` is its public VAPID key. */
export const NotificationWays = Type.Object({
  email: Type.Boolean(),
  push: Type.Boolean(),
  push_key: Nullable(Type.String()),
})

export const PushSubscription = Type.Object(
  {
    endpoint: Type.String({ format: 'uri', maxLength: 1000 }),
    keys: Type.Object(
      {
        p256dh: Type.String({ minLength: 1, maxLength: 200 }),
        auth: Type.String({ minLength: 1, maxLength: 100 }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)

/** Which notices were read; without `ids` all of them. */
export const ReadNotices = Type.Object(
  { ids: Type.Optional(Type.Array(Uuid, { minItems: 1, maxItems: 500 })) },
  { additionalProperties: false },
)
export const Unread = Type.Object({ unread: Type.Integer() })

export const PushEndpoint = Type.Object(
  { endpoint: PushSubscription.properties.endpoint },
  { additionalProperties: false },
)
