import { sceneOfDrafts } from '../../../api/domain/rules/check.ts'
import type { Finding, Fix } from '../../../api/domain/rules/finding.ts'
import { withFixes } from '../../../api/domain/rules/fixes.ts'
import { contentOf } from './bay-draft.ts'
import { plan } from './plan-state.svelte.ts'
import { surroundings } from './surroundings.svelte.ts'

/** The bench's findings with what would mend each, in their order; worked out here, so only when somebody asks. */
export function mendedFindings(): Finding[] {
  const { scene, pack } = surroundings
  if (!plan.feature || !scene || !pack) return [...plan.findings]
  return withFixes(plan.findings, sceneOfDrafts([plan.feature], scene).scene, pack)
}

/** Changes the bay on the bench as a fix says: one step that can be undone, stored with the next saving. */
export function takeFix(fix: Fix): void {
  const { content, feature } = plan
  if (!content || !feature) return
  const properties = {
    ...content.properties,
    ...(fix.kind === 'reschedule' && { windows: fix.windows as never }),
  }
  const geometry = fix.kind === 'reschedule' ? feature.geometry : fix.geometry
  const changed = contentOf(surroundings.frame, { geometry, properties } as never)
  plan.edit({
    ...changed,
    properties,
    ownCapacity:
      fix.kind === 'shrink' && content.ownCapacity !== null ? fix.places : content.ownCapacity,
  })
}
