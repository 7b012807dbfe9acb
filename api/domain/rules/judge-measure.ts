import { MINUTES_PER_WEEK } from '../schedule/windows.ts'
import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import { ownTimes } from './meeting.ts'
import type { Rule, RuleLevel } from './rule-pack.ts'
import type { PlacedFeature, Scene } from './scene.ts'
import { type StandingPlace, standingPlace } from './street-side.ts'

/** Judges the rules that measure one feature: widths left, slope, size, hours. Unknown values judge nothing. */
export function judgeMeasure(rule: Rule, subject: PlacedFeature, scene: Scene): Finding | null {
  const measured = measure(rule, subject, scene)
  if (!measured) return null
  const level = rule.levels.find((l) => fails(l, rule, measured))
  if (!level) return null
  const required = requiredBy(level, measured.place)
  return makeFinding(
    rule,
    {
      ...level,
      required:
        measured.value !== null && isOverMost(level, measured.value) ? level.most! : required,
    },
    subject,
    measured.value,
    subject.geometry,
    ownTimes(subject, scene),
  )
}

interface Measured {
  value: number | null
  place: StandingPlace | null
}

function measure(rule: Rule, subject: PlacedFeature, scene: Scene): Measured | null {
  const { properties } = subject
  const number = (member: string) => properties[member] as number | null | undefined
  switch (rule.kind) {
    case 'footway_width':
    case 'clear_walking_width':
    case 'slope':
    case 'carriageway_width':
      return measurePlace(rule, subject, scene)
    case 'unit_size': {
      const value = number(rule.member ?? '')
      return value == null ? null : { value, place: null }
    }
    case 'smallest_site': {
      const value = number('capacity')
      return value == null ? null : { value, place: null }
    }
    case 'area_per_vehicle': {
      const capacity = number('capacity')
      return capacity && subject.shape.area_m2 > 0
        ? { value: subject.shape.area_m2 / capacity, place: null }
        : null
    }
    case 'set_hours': {
      const minutes = subject.open.reduce((sum, [from, to]) => sum + to - from, 0)
      return { value: minutes < MINUTES_PER_WEEK && minutes > 0 ? 1 : 0, place: null }
    }
    default:
      return null
  }
}

function measurePlace(rule: Rule, subject: PlacedFeature, scene: Scene): Measured | null {
  const place = standingPlace(scene, subject.shape, subject.properties)
  if (!place) return null
  const isOnFootway = (place.nearest_m + place.farthest_m) / 2 > 0
  const footway = place.footway_width_m
  switch (rule.kind) {
    case 'carriageway_width':
      return isOnFootway || place.carriageway_width_m === null
        ? null
        : { value: place.carriageway_width_m, place }
    case 'slope':
      return place.slope_percent === null ? null : { value: place.slope_percent, place }
    case 'footway_width':
      return isOnFootway && footway !== null ? { value: footway, place } : null
    default: {
      if (!isOnFootway || footway === null || place.nearest_m > footway) return null
      const behind = footway - place.farthest_m
      const beside = place.nearest_m - (place.furnishing_width_m ?? 0)
      return { value: Math.max(0, behind, beside), place }
    }
  }
}

/** For these kinds `required` is the most that is allowed, for the others the least. */
const IS_MOST = new Set(['slope'])

function fails(level: RuleLevel, rule: Rule, { value, place }: Measured): boolean {
  if (value === null) return false
  const required = requiredBy(level, place)
  if (IS_MOST.has(rule.kind)) return value > required
  return value < required - 0.001 || isOverMost(level, value)
}

const isOverMost = (level: RuleLevel, value: number): boolean =>
  level.most !== undefined && value > level.most

const requiredBy = (level: RuleLevel, place: StandingPlace | null): number =>
  (place?.class != null ? level.by_class?.[place.class] : undefined) ?? level.required
