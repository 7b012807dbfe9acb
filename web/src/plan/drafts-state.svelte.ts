import type { Static } from 'typebox'
import type { AuditReply } from '../../../api/features/audit/contract.ts'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { call, items } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { session } from '../state/session.svelte.ts'

export type Change = Static<typeof AuditReply>['changes'][number]

const MOST_DRAFTS = 200
/** The newest changes of everybody that are looked through for one's own. */
const LOOKED_THROUGH = 200
const MOST_CHANGES = 12

/** The bays that wait for a decision, and what this person did to bays lately. */
class Drafts {
  drafts = $state.raw<InventoryFeature<'bays'>[] | null>(null)
  changes = $state.raw<Change[]>([])
  failure = $state.raw<unknown>(null)

  async load(): Promise<void> {
    const slug = community.getSlug()
    try {
      const mayRead = session.mayDo('read_audit')
      const [page, audit] = await Promise.all([
        items('bays', { community: slug, status: 'draft', limit: MOST_DRAFTS }),
        mayRead
          ? call('GET /api/audit', {
              query: { community: slug, collection: 'bays', limit: LOOKED_THROUGH },
            })
          : null,
      ])
      if (slug !== community.current?.slug) return
      this.drafts = page.features
      const own = session.account?.display_name
      this.changes = (audit?.changes ?? [])
        .filter((change) => change.actor === own)
        .slice(0, MOST_CHANGES)
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }
}

export const drafts = new Drafts()
