import type { NotificationView } from '../../../api/features/notifications/contract.ts'
import { call } from '../lib/api.ts'
import { formatMoment } from '../lib/text/format.ts'
import { hasMessage, nameOf, t } from '../lib/text/text.svelte.ts'

/** What the signed-in person is told; the newest hundred. */
class NoticesState {
  all = $state.raw<readonly NotificationView[]>([])
  unread = $state(0)
  failure = $state.raw<unknown>(null)

  async load(): Promise<void> {
    try {
      const { notifications, unread } = await call('GET /api/notifications')
      this.all = notifications
      this.unread = unread
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  /** Marks those named, or all, as read. */
  async markRead(ids?: string[]): Promise<void> {
    try {
      this.unread = (
        await call('POST /api/notifications/read', { body: ids ? { ids } : {} })
      ).unread
    } catch {
      // They stay unread, and are seen so next time.
      return
    }
    const now = new Date().toISOString()
    this.all = this.all.map((one) =>
      one.read_at === null && (ids?.includes(one.id) ?? true) ? { ...one, read_at: now } : one,
    )
  }
}

export const notices = new NoticesState()

/** A notice in the reader's language; one that the page does not know yet says its number. */
export function noticeText({ message_key: key, params }: NotificationView): string {
  const said = (name: string) => {
    const value = params[name]
    return value === undefined ? null : String(value)
  }
  const due = said('due_at')
  const values = {
    number: said('number') ?? '',
    kind: nameOf({ name_zh: said('kind_zh'), name_en: said('kind_en') }),
    unit: nameOf({ name_zh: said('unit_zh'), name_en: said('unit_en') }),
    due: due === null ? '' : formatMoment(due),
  }
  return hasMessage(key) ? t(key, values) : `${values.kind} ${values.number}`
}
