import { ApiProblem } from './problem.ts'

export type Bbox = [west: number, south: number, east: number, north: number]

/**
 * Reads `west,south,east,north` in degrees (six numbers: the heights are dropped).
 * @throws ApiProblem 400 for another count, text, a reversed or impossible box.
 */
export function parseBbox(text: string): Bbox {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const fail = (message: string): never => {
    throw new ApiProblem('request/invalid-parameter', `bbox: ${message}`, [
      { path: 'bbox', message },
    ])
  }
  if (numbers.length !== 4 && numbers.length !== 6)
    return fail(`takes 4 numbers (west,south,east,north), got ${numbers.length}`)
  if (!numbers.every(Number.isFinite)) return fail('every part must be a number')
  const [west, south, east, north] = (
    numbers.length === 4 ? numbers : [numbers[0], numbers[1], numbers[3], numbers[4]]
  ) as Bbox
  if (west > east) return fail('west lies east of east; boxes over the antimeridian are not served')
  if (south > north) return fail('south lies north of north')
  if (west < -180 || east > 180 || south < -90 || north > 90)
    return fail('outside ±180, ±90: give degrees in WGS 84')
  return [west, south, east, north]
}
