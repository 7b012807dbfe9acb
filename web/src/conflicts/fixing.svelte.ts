import { v4 as uuidv4 } from 'uuid'
import type { Finding, Fix } from '../../../api/domain/rules/finding.ts'
import type { CollectionId } from '../../../api/features/inventory/contract.ts'
import { ApiFailure, call, item, writeItem } from '../lib/api.ts'
import { failureText } from '../lib/text/failure-text.ts'
import { t } from '../lib/text/text.svelte.ts'
import { fixesOf, fixText } from '../parts/fix-text.ts'
import { community } from '../state/community.svelte.ts'
import { session } from '../state/session.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'
import { findingKey } from './finding-groups.ts'

/** Fixes of findings: asked for when somebody looks at them, applied with one click, taken back with another. */
class Fixing {
  /** Findings with their fixes, by finding; absent while unknown. */
  known = $state.raw<Readonly<Record<string, Finding>>>({})
  isBusy = $state(false)
  readonly #asked: Record<string, readonly Finding[]> = {}

  /** Which of the uses the person may change. */
  mayApply(collection: string): boolean {
    return session.mayDo(
      collection === 'bays' || collection === 'vendor_zones' ? 'approve_bay' : 'edit_inventory',
    )
  }

  /** Asks for the fixes of one use's findings, once for as long as the findings are the same. */
  async load(subject: Finding['subject'], findings: readonly Finding[]): Promise<void> {
    const asked = this.#asked[subject.id]
    if (asked && asked.length === findings.length && asked.every((one, i) => one === findings[i]))
      return
    this.#asked[subject.id] = [...findings]
    const found = await this.#ask(subject).catch(() => [])
    const old = findings.map(findingKey)
    this.known = {
      ...Object.fromEntries(Object.entries(this.known).filter(([key]) => !old.includes(key))),
      ...Object.fromEntries(found.map((finding) => [findingKey(finding), finding])),
    }
  }

  /**
   * Changes the use as the fix says. It is worked out once more on what is stored now: what somebody else changed
   * meanwhile is not undone by it.
   */
  async apply(finding: Finding, fix: Fix): Promise<void> {
    if (this.isBusy) return
    this.isBusy = true
    const { collection, id } = finding.subject as { collection: CollectionId; id: string }
    const query = { community: community.getSlug() }
    try {
      const before = await item(collection, id, query)
      const now = (await this.#ask(finding.subject)).find(
        (one) => findingKey(one) === findingKey(finding),
      )
      if (!now || !fixesOf(now).some((one) => JSON.stringify(one) === JSON.stringify(fix))) {
        if (now) this.known = { ...this.known, [findingKey(now)]: now }
        toasts.show(t('conflicts.fix_stale'))
        return
      }
      const body = changesOf(fix, collection)
      const send = (ifMatch: string, changes: object) =>
        writeItem('PATCH', collection, id, {
          query,
          body: changes,
          ifMatch,
          idempotencyKey: uuidv4(),
        })
      const stored = await send(before.etag, body)
      const old = before.feature.properties as Readonly<Record<string, unknown>>
      const back = {
        ...(body.geometry && { geometry: before.feature.geometry }),
        ...(body.properties && {
          properties: Object.fromEntries(
            Object.keys(body.properties).map((member) => [member, old[member] ?? null]),
          ),
        }),
      }
      toasts.show(t('conflicts.applied', { what: fixText(fix) }), {
        label: t('conflicts.undo'),
        run: () =>
          send(stored.etag, back).then(
            () => toasts.show(t('conflicts.undone')),
            (error: unknown) => this.#fail(error),
          ),
      })
    } catch (error) {
      this.#fail(error)
    } finally {
      this.isBusy = false
    }
  }

  #fail(error: unknown): void {
    const reason = error instanceof ApiFailure ? failureText(error) : String(error)
    toasts.show(t('conflicts.fix_failed', { reason }))
  }

  async #ask(subject: Finding['subject']): Promise<Finding[]> {
    const { findings } = await call('GET /api/conflicts', {
      query: {
        community: community.getSlug(),
        of: subject.collection,
        subject: subject.id,
        fixes: 'true',
      },
    })
    return findings as Finding[]
  }
}

export const fixing = new Fixing()

/** What a fix changes of the stored feature. */
function changesOf(
  fix: Fix,
  collection: CollectionId,
): { geometry?: Finding['where']; properties?: Record<string, unknown> } {
  if (fix.kind === 'reschedule') return { properties: { windows: fix.windows } }
  if (fix.kind === 'move' || fix.places === null) return { geometry: fix.geometry }
  return {
    geometry: fix.geometry,
    properties: { [collection === 'bays' ? 'capacity' : 'stalls']: fix.places },
  }
}
