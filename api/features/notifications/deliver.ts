import type { Agent } from 'node:https'
import type { Engine } from '../../db/connect.ts'
import type { Settings } from '../../settings.ts'
import { type Mailer, openMailer } from './mailer.ts'
import { publicAgent } from './public-host.ts'
import {
  findSubscriptions,
  markDelivered,
  markWay,
  removeSubscription,
  settleOthers,
  takeWaiting,
  type WaitingNotice,
} from './store.ts'
import { type Letter, letterOf } from './texts.ts'

type Configured = Pick<Settings, 'mail' | 'push' | 'publicUrl'>

const TIMEOUT_MS = 10_000
/** A push service keeps a notice so long for a browser that is not reached. */
const KEPT_SECONDS = 12 * 3600

/** How many notices went out on some way, and how many are to be tried again. */
export interface Delivered {
  sent: number
  failed: number
}

/**
 * Sends what waits, by e-mail and web push. A notice that was sent on one way is not sent on it again; one whose server
 * fails comes again later. Nothing is sent within a transaction. When the process dies between sending and writing so
 * down, the e-mail goes out a second time under the same Message-ID, the push under the same topic.
 */
export async function deliver(
  engine: Engine,
  settings: Configured,
  now: Date,
  agent: Agent = publicAgent(),
): Promise<Delivered> {
  const { db } = engine
  const ways = { email: settings.mail !== null, push: settings.push !== null }
  await settleOthers(db, now, ways)
  const work = { sent: 0, failed: 0 }
  if (!ways.email && !ways.push) return work
  const mailer = settings.mail && (await openMailer(settings.mail))
  const pusher = settings.push && (await openPusher(settings.push, agent))
  try {
    for (;;) {
      const notices = await takeWaiting(db, now, ways)
      for (const notice of notices) {
        const isOut = await sendOne(engine, notice, letterOf(notice, settings.publicUrl), {
          mailer,
          pusher,
        })
        if (isOut) await markDelivered(db, notice, now)
        work[isOut ? 'sent' : 'failed']++
      }
      if (notices.length === 0) return work
    }
  } finally {
    mailer?.close()
  }
}

interface Senders {
  mailer: Mailer | null
  pusher: Pusher | null
}

/** Whether everything that a person asked for went out. */
async function sendOne(
  { db }: Engine,
  notice: WaitingNotice,
  letter: Letter,
  { mailer, pusher }: Senders,
): Promise<boolean> {
  let isOut = true
  const by = async (way: 'email' | 'push', send: () => Promise<void>) => {
    if (notice.delivered_by.includes(way)) return
    try {
      await send()
      await markWay(db, notice, way)
    } catch {
      isOut = false
    }
  }
  const { email } = notice
  if (mailer && email !== null) await by('email', () => mailer.send(email, notice.id, letter))
  if (pusher && notice.by_push)
    await by('push', async () => {
      for (const subscription of await findSubscriptions(db, notice.account_id)) {
        const isThere = await pusher(subscription, notice, letter)
        if (!isThere) await removeSubscription(db, subscription.endpoint)
      }
    })
  return isOut
}

/** Answers false when the browser has ended its subscription. */
type Pusher = (
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } },
  notice: WaitingNotice,
  letter: Letter,
) => Promise<boolean>

async function openPusher(push: NonNullable<Settings['push']>, agent: Agent): Promise<Pusher> {
  const { default: webPush } = await import('web-push')
  const vapidDetails = {
    subject: push.subject,
    publicKey: push.publicKey,
    privateKey: push.privateKey,
  }
  return async (subscription, notice, { subject, path }) => {
    const payload = JSON.stringify({ title: subject, path, tag: notice.id })
    const topic = notice.id.replaceAll('-', '')
    try {
      const options = { vapidDetails, TTL: KEPT_SECONDS, topic, agent, timeout: TIMEOUT_MS }
      await webPush.sendNotification(subscription, payload, options)
      return true
    } catch (error) {
      const status = (error as { statusCode?: number }).statusCode
      if (status === 404 || status === 410) return false
      throw error
    }
  }
}
