import type { Scene } from '../rules/scene.ts'
import { standingPlace } from '../rules/street-side.ts'
import type { Goal } from './goals.ts'
import type { JudgedBay } from './judged.ts'
import type { LaidBay } from './laid-bay.ts'
import { walkingWidth } from './side-options.ts'

/** Several bays that go together. `least_walking_width_m` is null where no width is known or no footway used. */
export interface Alternative {
  goal: Goal
  places: number
  least_walking_width_m: number | null
  warnings: number
  bays: LaidBay[]
}

/** Puts judged bays together. */
export function alternative(goal: Goal, bays: readonly JudgedBay[], scene: Scene): Alternative {
  const widths = bays.flatMap(({ bay, placed }) => {
    const place = standingPlace(scene, placed.shape, bay.properties)
    const width = place && walkingWidth(place)
    return width === null ? [] : [width]
  })
  return {
    goal,
    places: bays.reduce((sum, { bay }) => sum + bay.properties.capacity, 0),
    least_walking_width_m: widths.length > 0 ? Math.round(Math.min(...widths) * 100) / 100 : null,
    warnings: bays.reduce((sum, { warnings }) => sum + warnings.length, 0),
    bays: bays.map(({ bay }) => bay),
  }
}
