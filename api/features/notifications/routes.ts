import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { Settings } from '../../settings.ts'
import {
  NotificationList,
  NotificationSettings,
  NotificationWays,
  PushEndpoint,
  PushSubscription,
  ReadNotices,
  Unread,
} from './contract.ts'
import { faultOfEndpoint } from './public-host.ts'
import {
  countUnread,
  findNotifications,
  findSettings,
  markRead,
  removeSubscription,
  saveSettings,
  saveSubscription,
} from './store.ts'

const TAGS = ['notifications']

/** A signed-in person's own notices, and how they reach them beside the page. */
export function notificationRoutes(parts: {
  engine: Engine
  settings: Settings
}): FastifyPluginAsyncTypebox {
  const { db } = parts.engine
  const { mail, push } = parts.settings
  return async (app) => {
    app.get(
      '/notifications',
      {
        schema: {
          tags: TAGS,
          summary: 'Own notices, the newest hundred',
          response: { 200: NotificationList },
        },
      },
      async (request) => {
        const account = accountOf(request)
        const rows = await findNotifications(db, account)
        return {
          notifications: rows.map(({ created_at, read_at, ...row }) => ({
            ...row,
            created_at: created_at.toISOString(),
            read_at: read_at?.toISOString() ?? null,
          })),
          unread: await countUnread(db, account),
        }
      },
    )

    app.post(
      '/notifications/read',
      {
        schema: {
          tags: TAGS,
          summary: 'Mark own notices as read: those named, or all',
          body: ReadNotices,
          response: { 200: Unread },
        },
      },
      async (request) => {
        const account = accountOf(request)
        await markRead(db, account, request.body.ids)
        return { unread: await countUnread(db, account) }
      },
    )

    app.get(
      '/notifications/ways',
      {
        schema: {
          tags: TAGS,
          summary: 'Which ways this server is set up for',
          response: { 200: NotificationWays },
        },
      },
      async () => ({
        email: mail !== null,
        push: push !== null,
        push_key: push?.publicKey ?? null,
      }),
    )

    app.get(
      '/notifications/settings',
      {
        schema: {
          tags: TAGS,
          summary: 'How one wants to be told',
          response: { 200: NotificationSettings },
        },
      },
      async (request) => findSettings(db, accountOf(request)),
    )

    app.put(
      '/notifications/settings',
      {
        schema: {
          tags: TAGS,
          summary: 'Change how one wants to be told',
          body: NotificationSettings,
          response: { 200: NotificationSettings },
        },
      },
      async (request) => {
        const account = accountOf(request)
        refuseFaults(request.body)
        if (request.body.by_email) refuseWithout(mail, 'by_email', 'e-mail')
        if (request.body.by_push) refuseWithout(push, 'by_push', 'web push')
        await saveSettings(db, account, request.body)
        return findSettings(db, account)
      },
    )

    app.post(
      '/notifications/push_subscriptions',
      {
        schema: {
          tags: TAGS,
          summary: 'Let this browser be told',
          body: PushSubscription,
          response: { 201: PushEndpoint },
        },
      },
      async (request, reply) => {
        const account = accountOf(request)
        refuseWithout(push, '', 'web push')
        const fault = faultOfEndpoint(request.body.endpoint)
        if (fault)
          throw new ApiProblem('request/invalid-body', `endpoint: ${fault}`, [
            { path: 'endpoint', message: fault },
          ])
        await saveSubscription(db, account, request.body)
        return reply.code(201).send({ endpoint: request.body.endpoint })
      },
    )

    app.delete(
      '/notifications/push_subscriptions',
      {
        schema: {
          tags: TAGS,
          summary: 'Let this browser be told no longer',
          body: PushEndpoint,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await removeSubscription(db, request.body.endpoint, accountOf(request))
        return reply.code(204).send(null)
      },
    )
  }
}

function accountOf(request: FastifyRequest): string {
  if (!request.person) throw new ApiProblem('session/required', 'sign in first')
  return request.person.account_id
}

/** @throws ApiProblem 422 for members that do not go together. */
function refuseFaults({ email, by_email, quiet_from, quiet_to }: NotificationSettings): void {
  const fault =
    by_email && email === null
      ? { path: 'email', message: 'needed for notices by e-mail' }
      : (quiet_from === null) !== (quiet_to === null)
        ? { path: quiet_from === null ? 'quiet_from' : 'quiet_to', message: 'give both, or none' }
        : null
  if (fault)
    throw new ApiProblem('request/invalid-body', `${fault.path}: ${fault.message}`, [fault])
}

/** @throws ApiProblem 409 for a way that this server is not set up for. */
function refuseWithout(way: unknown, path: string, name: string): void {
  if (way !== null) return
  throw new ApiProblem('notifications/not-configured', `this server sends no ${name}`, [
    { path, message: 'see GET /api/notifications/ways' },
  ])
}
