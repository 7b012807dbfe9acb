/** What a bay is for: the classes of vehicle whose unit sizes the rules know. */
export type VehicleClass = 'bicycle' | 'e_bike' | 'motorcycle' | 'car'
export type BayLayout = 'parallel' | 'perpendicular' | 'angled'

/** A unit's size in metres: `length_m` along the vehicle, `width_m` across it. */
export interface UnitSize {
  length_m: number
  width_m: number
}

/**
 * Unit sizes by class. Bicycle 2.0 × 0.6 m, e-bike 2.0 × 0.8 m: Chinese city guides; cars parallel 6.0 × 2.5,
 * angled 6.0 × 2.8, perpendicular 6.0 × 2.5 m: GA/T 850 as quoted by city rules. Motorcycle 2.2 × 1.0 m: common practice.
 */
export function unitSizeOf(vehicle: VehicleClass, layout: BayLayout | null): UnitSize {
  switch (vehicle) {
    case 'bicycle':
      return { length_m: 2, width_m: 0.6 }
    case 'e_bike':
      return { length_m: 2, width_m: 0.8 }
    case 'motorcycle':
      return { length_m: 2.2, width_m: 1 }
    case 'car':
      return { length_m: 6, width_m: layout === 'angled' ? 2.8 : 2.5 }
  }
}

/** How vehicles stand in a bay; null takes what is usual for the class. */
export interface StandingBay {
  vehicle_class: VehicleClass
  layout: BayLayout | null
  rows: number | null
  unit_length_m: number | null
  unit_width_m: number | null
}

const SIXTY_DEGREES = Math.PI / 3

/**
 * How many vehicles stand in a rectangular bay whose long side lies along the kerb. `length_m` along the kerb,
 * `depth_m` away from it. Bikes stand across the kerb in `rows`; angled cars stand at 60°, so each takes
 * width / sin 60° of kerb. A depth that does not hold the vehicle gives 0.
 */
export function bayCapacity(bay: StandingBay & { length_m: number; depth_m: number }): number {
  const { layout, length, width, rows } = standingOf(bay)
  if (!fits(bay.depth_m, bayDepth(bay))) return 0
  switch (layout) {
    case 'parallel':
      return rows * floor(bay.length_m / length)
    case 'perpendicular':
      return rows * floor(bay.length_m / width)
    case 'angled': {
      const step = width / Math.sin(SIXTY_DEGREES)
      const run = length * Math.cos(SIXTY_DEGREES)
      return rows * Math.max(0, floor((bay.length_m - run) / step))
    }
  }
}

/** How deep a bay must be, away from the kerb, to hold its rows; in metres. */
export function bayDepth(bay: StandingBay): number {
  const { layout, length, width, rows } = standingOf(bay)
  switch (layout) {
    case 'parallel':
      return width * rows
    case 'perpendicular':
      return length * rows
    case 'angled':
      return (length * Math.sin(SIXTY_DEGREES) + width * Math.cos(SIXTY_DEGREES)) * rows
  }
}

function standingOf(bay: StandingBay) {
  const size = unitSizeOf(bay.vehicle_class, bay.layout)
  return {
    layout: bay.layout ?? (bay.vehicle_class === 'car' ? 'parallel' : 'perpendicular'),
    length: bay.unit_length_m ?? size.length_m,
    width: bay.unit_width_m ?? size.width_m,
    rows: bay.rows ?? 1,
  }
}

/** A centimetre is forgiven: paint is not laid more exactly. */
const PAINT_TOLERANCE_M = 0.01

const fits = (has: number, needs: number): boolean => has + PAINT_TOLERANCE_M >= needs

const floor = (places: number): number => Math.max(0, Math.floor(places + PAINT_TOLERANCE_M))
