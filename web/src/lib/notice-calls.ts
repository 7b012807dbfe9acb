import type { Static } from 'typebox'
import type {
  NotificationList,
  NotificationSettings,
  NotificationWays,
  PushSubscription as PushSubscriptionShape,
  ReadNotices,
  Unread,
} from '../../../api/features/notifications/contract.ts'

/** What a person is told and how: endpoints with what they take and answer, for `api.ts`. */
export interface NoticeCalls {
  'GET /api/notifications': { reply: Static<typeof NotificationList> }
  'POST /api/notifications/read': {
    reply: Static<typeof Unread>
    body: Static<typeof ReadNotices>
  }
  'GET /api/notifications/ways': { reply: Static<typeof NotificationWays> }
  'GET /api/notifications/settings': { reply: NotificationSettings }
  'PUT /api/notifications/settings': { reply: NotificationSettings; body: NotificationSettings }
  'POST /api/notifications/push_subscriptions': {
    reply: { endpoint: string }
    body: Static<typeof PushSubscriptionShape>
  }
  'DELETE /api/notifications/push_subscriptions': { reply: undefined; body: { endpoint: string } }
}
