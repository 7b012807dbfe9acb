import type { ModelLayer } from '../street-model.ts'
import { BUFFER, EXTENT, GEOMETRY_TYPES, type TileFrame } from './geometry.ts'
import type { TileLayer } from './tile-layer.ts'
import type { ByteWriter } from './writer.ts'

/**
 * Most of what fills a tile is small: bays and zones of one ring with a few corners, wholly inside it. Their rings lie
 * here in one flat array, mercator x,y pairs without the closing one; `start[i] === start[i + 1]` for any other shape.
 */
export interface SmallRings {
  start: Int32Array
  coordinates: Float64Array
}

/** So few corners that each length inside the feature's message is one byte. */
const MOST_CORNERS = 12

const known = new WeakMap<ModelLayer, SmallRings>()

/** The small rings of a layer, laid out once for each version of it. */
export function smallRingsOf(layer: ModelLayer): SmallRings {
  let rings = known.get(layer)
  if (!rings) known.set(layer, (rings = layOut(layer)))
  return rings
}

function layOut({ shapes }: ModelLayer): SmallRings {
  const start = new Int32Array(shapes.length + 1)
  for (let i = 0; i < shapes.length; i++) {
    const { kind, parts } = shapes[i]!
    const length = parts[0]!.length - 2
    const isSmall = kind === 'area' && parts.length === 1 && length <= 2 * MOST_CORNERS
    start[i + 1] = start[i]! + (isSmall ? length : 0)
  }
  const coordinates = new Float64Array(start[shapes.length]!)
  for (let i = 0; i < shapes.length; i++) {
    const length = start[i + 1]! - start[i]!
    const part = shapes[i]!.parts[0]!
    for (let k = 0; k < length; k++) coordinates[start[i]! + k] = part[k]!
  }
  return { start, coordinates }
}

/** Corners in tile units. */
const corners = new Int32Array(2 * MOST_CORNERS)

/**
 * Writes feature `i` with the given tags if its ring is small and lies wholly inside the tile and its buffer: then
 * there is nothing to clip, and it goes straight to its place. False where it is not: it is for the other writer.
 * A ring that collapses in tile units is left out.
 */
export function addSmallRing(
  out: TileLayer,
  layer: ModelLayer,
  { start, coordinates }: SmallRings,
  i: number,
  tile: TileFrame,
  tagsOf: (i: number) => ByteWriter,
): boolean {
  const from = start[i]!
  const end = start[i + 1]!
  if (from === end) return false
  const { x0, y0, scale } = tile
  let n = 0
  for (let k = from; k < end; k += 2) {
    const x = Math.floor((coordinates[k]! - x0) * scale + 0.5)
    const y = Math.floor((coordinates[k + 1]! - y0) * scale + 0.5)
    if (x < -BUFFER || y < -BUFFER || x > EXTENT + BUFFER || y > EXTENT + BUFFER) return false
    if (n > 0 && corners[n - 2] === x && corners[n - 1] === y) continue
    corners[n++] = x
    corners[n++] = y
  }
  while (n > 2 && corners[0] === corners[n - 2] && corners[1] === corners[n - 1]) n -= 2
  if (n < 6) return true
  let twiceArea = 0
  for (let k = 0, before = n - 2; k < n; before = k, k += 2)
    twiceArea += corners[before]! * corners[k + 1]! - corners[k]! * corners[before + 1]!
  if (twiceArea === 0) return true

  const tags = tagsOf(i)
  const writer = out.features
  writer.reserve(256)
  const { bytes } = writer
  let at = writer.length
  bytes[at] = 0x12 // Layer.features
  const featureAt = (at += 2)
  bytes[at++] = 0x08 // Feature.id
  at = varint(bytes, at, layer.numbers[i]!)
  bytes[at++] = 0x12 // Feature.tags
  bytes[at++] = tags.length
  const { bytes: tagBytes, length } = tags
  for (let k = 0; k < length; k++) bytes[at++] = tagBytes[k]!
  bytes[at++] = 0x18 // Feature.type
  bytes[at++] = GEOMETRY_TYPES.area
  bytes[at] = 0x22 // Feature.geometry
  const geometryAt = (at += 2)
  // In tile units y points down: a shell must have positive area there.
  const step = twiceArea > 0 ? 2 : -2
  let k = twiceArea > 0 ? 0 : n - 2
  let x = corners[k]!
  let y = corners[k + 1]!
  bytes[at++] = 9 // move to one place
  at = varint(bytes, at, (x << 1) ^ (x >> 31))
  at = varint(bytes, at, (y << 1) ^ (y >> 31))
  bytes[at++] = ((n / 2 - 1) << 3) | 2 // lines to the others
  for (let left = n / 2 - 1; left > 0; left--) {
    k += step
    const dx = corners[k]! - x
    const dy = corners[k + 1]! - y
    at = varint(bytes, at, (dx << 1) ^ (dx >> 31))
    at = varint(bytes, at, (dy << 1) ^ (dy >> 31))
    x += dx
    y += dy
  }
  bytes[at++] = 15 // close
  bytes[geometryAt - 1] = at - geometryAt
  bytes[featureAt - 1] = at - featureAt
  writer.length = at
  return true
}

function varint(bytes: Uint8Array, at: number, value: number): number {
  while (value > 127) {
    bytes[at++] = (value & 127) | 128
    value >>>= 7
  }
  bytes[at++] = value
  return at
}
