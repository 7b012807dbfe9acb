import type { Polygon } from 'geojson'
import type { Rule, RulePack } from '../../api/domain/rules/rule-pack.ts'
import type { Line } from './city.ts'

export const REACH_M = 5
export const ROUNDS = 15

const source = { title: 'the measuring program', url: null, quoted: null }

const rule = (id: string, kind: Rule['kind'], required: number, unit: Rule['unit']): Rule => ({
  id,
  kind,
  message_key: id,
  title_zh: id,
  title_en: id,
  subject: { collection: 'vendor_zones' },
  other: { collection: 'vendor_zones' },
  levels: [{ severity: 'hard', required }],
  unit,
  source,
  evidence: 'common',
})
/** The same questions as rules: no shared ground, and 5 m between zones. */
export const PACK: RulePack = {
  id: 'bench',
  version: 1,
  name_zh: 'bench',
  name_en: 'bench',
  region: '',
  effective: '2026-01-01',
  rules: [rule('overlap', 'no_overlap', 0, 'm2'), rule('clearance', 'clearance', REACH_M, 'm')],
}

export const polygonOf = (ring: Line): Polygon => ({
  type: 'Polygon',
  coordinates: [ring.map((p) => [...p])],
})
