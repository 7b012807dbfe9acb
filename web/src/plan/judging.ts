import { checkDrafts } from '../../../api/domain/rules/check.ts'
import type { Finding } from '../../../api/domain/rules/finding.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import type { Scene, SceneFeature } from '../../../api/domain/rules/scene.ts'
import {
  type BayContent,
  type BayMeasure,
  type BayProperties,
  type BayStatus,
  geometryOf,
} from './bay-draft.ts'

/** The bay as rules and server see it: with its capacity in force. */
export function featureOf(
  frame: Scene['frame'],
  bay: { id: string; status: BayStatus },
  content: BayContent,
  measure: BayMeasure,
): SceneFeature & { properties: BayProperties } {
  return {
    collection: 'bays',
    id: bay.id,
    geometry: geometryOf(frame, content.shape),
    properties: {
      ...content.properties,
      status: bay.status,
      capacity: content.ownCapacity ?? measure.places,
    },
  }
}

/** What the rules say about a bay in its surroundings, worst first; the same code as the server's. */
export function judgeBay(bay: SceneFeature, scene: Scene, pack: RulePack): Finding[] {
  return worstFirst(checkDrafts([bay], scene, pack))
}

/** Hard findings before warnings, otherwise in the order of the rules. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => rank(a) - rank(b))

const rank = (finding: Finding): number => (finding.severity === 'hard' ? 0 : 1)
