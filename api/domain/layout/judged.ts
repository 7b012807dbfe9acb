import { doBoundsMeet } from '../geometry/overlap.ts'
import { checkFeature } from '../rules/check.ts'
import type { Finding } from '../rules/finding.ts'
import type { RulePack } from '../rules/rule-pack.ts'
import { placeFeature, type PlacedFeature, type Scene, withDrafts } from '../rules/scene.ts'
import type { LaidBay } from './laid-bay.ts'

/** A bay that stands, as it was placed, with the warnings that it keeps. */
export interface JudgedBay {
  bay: LaidBay
  placed: PlacedFeature
  warnings: Finding[]
}

/** Farther apart than this no two bays of a layout have to do with one another. */
const REACH_M = 60

/**
 * The judge's last word: the bays that no hard rule speaks against, each judged against the surroundings and those
 * accepted before it. The refusals foresaw all kinds of rules that are known to a layout; whatever else a pack holds is
 * kept here.
 */
export function judged(
  bays: readonly LaidBay[],
  scene: Scene,
  pack: RulePack,
): { accepted: JudgedBay[]; refused: { bay: LaidBay; finding: Finding }[] } {
  const accepted: JudgedBay[] = []
  const refused: { bay: LaidBay; finding: Finding }[] = []
  for (const bay of bays) {
    const placed = placeFeature(scene.frame, bay)
    const around = accepted
      .map((other) => other.placed)
      .filter((other) => doBoundsMeet(other.shape, placed.shape, REACH_M))
    const findings = checkFeature(placed, withDrafts(scene, [...around, placed]), pack)
    const hard = findings.find(({ severity }) => severity === 'hard')
    if (hard) refused.push({ bay, finding: hard })
    else accepted.push({ bay, placed, warnings: findings })
  }
  return { accepted, refused }
}
