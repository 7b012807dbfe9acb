import { placementOf } from '../../../api/domain/geometry/kerb-line.ts'
import { type MetricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'
import type { LaidBay } from '../../../api/domain/layout/laid-bay.ts'
import { type BayContent, type BayProperties, measureBay } from './bay-draft.ts'
import { directionAt } from './edits.ts'
import { featureOf } from './judging.ts'
import { type Kerb, kerbOf } from './kerbs.ts'

/** A bay that was laid out and accepted, before it is stored: what the bench would hold of it. */
export interface LaidDraft {
  id: string
  content: BayContent
}

const WORDS = {
  left: { zh: '左侧', en: 'left' },
  right: { zh: '右侧', en: 'right' },
} as const

/** A laid bay as the bench takes it, named after its street side; `number` tells it from its neighbours. */
export function contentOfLaid(
  frame: MetricFrame,
  { geometry, properties }: LaidBay,
  kerbs: readonly Kerb[],
  number: number,
): BayContent {
  const { capacity: _, status: __, ...standing } = properties
  const { segment_id, side } = properties
  const kerb = kerbs.find((one) => one.segment_id === segment_id && one.side === side)
  const words = side && WORDS[side]
  return {
    shape: {
      kind: 'ring',
      ring: geometry.coordinates[0]!.slice(0, -1).map((p) => toMetres(frame, p[0]!, p[1]!)),
    },
    properties: {
      ...standing,
      name_zh: kerb?.name_zh && words ? `${kerb.name_zh}${words.zh}新区${number}` : null,
      name_en: kerb?.name_en && words ? `${kerb.name_en} ${words.en}, new ${number}` : null,
    } as BayProperties,
    ownCapacity: null,
  }
}

/** The draft as rules and server see it. */
export function featureOfDraft(
  frame: MetricFrame,
  { id, content }: LaidDraft,
  kerbs: readonly Kerb[],
) {
  const ring = content.shape.kind === 'ring' ? content.shape.ring : null
  const kerb = ring && kerbOf(kerbs, ring, content.properties)
  const measure = measureBay(frame, content, ring && kerb ? directionAt(kerb, ring) : null)
  return featureOf(frame, { id, status: 'draft' }, content, measure)
}

/** Where laid bays lie along their kerb, in metres from its start. */
export function placesAlong(
  frame: MetricFrame,
  kerb: Kerb,
  bays: readonly LaidBay[],
): { from_m: number; to_m: number; places: number }[] {
  return bays
    .filter(({ properties: p }) => p.segment_id === kerb.segment_id && p.side === kerb.side)
    .map(({ geometry, properties }) => {
      const ring = geometry.coordinates[0]!.slice(0, -1).map((p) => toMetres(frame, p[0]!, p[1]!))
      const { from_m, to_m } = placementOf(kerb.line, ring)
      return { from_m, to_m, places: properties.capacity }
    })
}
