import type { MercatorShape } from '../mercator.ts'
import type { ByteWriter } from './writer.ts'

/** Tile units along one side, and how far beyond it shapes are kept, so that strokes do not end at the seam. */
export const EXTENT = 4096
export const BUFFER = 64

const MOVE_TO = 1
const LINE_TO = 2
const CLOSE_PATH = 7

/** Where a tile lies: mercator of its corner and tile units per world. */
export interface TileFrame {
  x0: number
  y0: number
  scale: number
}

export function tileFrame(z: number, x: number, y: number): TileFrame {
  const tiles = 2 ** z
  return { x0: x / tiles, y0: y / tiles, scale: tiles * EXTENT }
}

/** Geometry types of the Mapbox Vector Tile specification 2.1, section 4.3.4. */
export const GEOMETRY_TYPES = { point: 1, line: 2, area: 3 } as const

/**
 * Writes a shape's commands in tile units (Mapbox Vector Tile specification 2.1, section 4.3), clipped to the tile
 * and its buffer. False where nothing of it is left: outside, or smaller than a tile unit.
 */
export function writeGeometry(writer: ByteWriter, shape: MercatorShape, tile: TileFrame): boolean {
  cursorX = 0
  cursorY = 0
  const before = writer.length
  if (shape.kind === 'point') writePoints(writer, shape, tile)
  else if (shape.kind === 'line') for (const part of shape.parts) writeLine(writer, part, tile)
  else writeArea(writer, shape, tile)
  return writer.length > before
}

let cursorX = 0
let cursorY = 0
// Two coordinate buffers serve every ring: clipping goes back and forth between them.
let now = new Float64Array(4096)
let next = new Float64Array(4096)

function writePoints(writer: ByteWriter, shape: MercatorShape, tile: TileFrame): void {
  const inside: number[] = []
  for (const part of shape.parts)
    for (let i = 0; i < part.length; i += 2) {
      const x = Math.round((part[i]! - tile.x0) * tile.scale)
      const y = Math.round((part[i + 1]! - tile.y0) * tile.scale)
      if (x >= -BUFFER && x <= EXTENT + BUFFER && y >= -BUFFER && y <= EXTENT + BUFFER)
        inside.push(x, y)
    }
  if (inside.length === 0) return
  writer.varint(MOVE_TO | ((inside.length / 2) << 3))
  for (let i = 0; i < inside.length; i += 2) move(writer, inside[i]!, inside[i + 1]!)
}

/** A line may leave the tile and come back: each stay is a line of its own. */
function writeLine(writer: ByteWriter, part: Float64Array, tile: TileFrame): void {
  const stay: number[] = []
  const flush = () => {
    if (stay.length >= 4) {
      writer.varint(MOVE_TO | (1 << 3))
      move(writer, stay[0]!, stay[1]!)
      writer.varint(LINE_TO | ((stay.length / 2 - 1) << 3))
      for (let i = 2; i < stay.length; i += 2) move(writer, stay[i]!, stay[i + 1]!)
    }
    stay.length = 0
  }
  const add = (x: number, y: number) => {
    const rx = Math.round(x)
    const ry = Math.round(y)
    if (stay.at(-2) !== rx || stay.at(-1) !== ry || stay.length === 0) stay.push(rx, ry)
  }
  for (let i = 0; i + 3 < part.length; i += 2) {
    const ax = (part[i]! - tile.x0) * tile.scale
    const ay = (part[i + 1]! - tile.y0) * tile.scale
    const dx = (part[i + 2]! - tile.x0) * tile.scale - ax
    const dy = (part[i + 3]! - tile.y0) * tile.scale - ay
    const [from, to] = shareInside(ax, ay, dx, dy)
    if (from > to) {
      flush()
      continue
    }
    if (from > 0) flush()
    add(ax + from * dx, ay + from * dy)
    add(ax + to * dx, ay + to * dy)
    if (to < 1) flush()
  }
  flush()
}

/** The stretch of a segment inside the buffered tile as shares of it; from > to where there is none (Liang–Barsky). */
function shareInside(ax: number, ay: number, dx: number, dy: number): [number, number] {
  let from = 0
  let to = 1
  const cut = (slope: number, gap: number) => {
    if (slope === 0) {
      if (gap < 0) from = 2
    } else if (slope < 0) from = Math.max(from, gap / slope)
    else to = Math.min(to, gap / slope)
  }
  cut(-dx, ax + BUFFER)
  cut(dx, EXTENT + BUFFER - ax)
  cut(-dy, ay + BUFFER)
  cut(dy, EXTENT + BUFFER - ay)
  return [from, to]
}

function writeArea(writer: ByteWriter, shape: MercatorShape, tile: TileFrame): void {
  const [minx, miny, maxx, maxy] = shape.bounds
  const low = -BUFFER / tile.scale
  const high = (EXTENT + BUFFER) / tile.scale
  const isInside =
    minx >= tile.x0 + low &&
    maxx <= tile.x0 + high &&
    miny >= tile.y0 + low &&
    maxy <= tile.y0 + high
  let isShellDrawn = false
  for (const [r, part] of shape.parts.entries()) {
    const isShell = shape.polygonStarts[r]!
    if (!isShell && !isShellDrawn) continue
    const drawn = writeRing(writer, part, tile, isShell, isInside)
    if (isShell) isShellDrawn = drawn
  }
}

function writeRing(
  writer: ByteWriter,
  part: Float64Array,
  tile: TileFrame,
  isShell: boolean,
  isInside: boolean,
): boolean {
  let length = part.length - 2
  if (now.length < length * 2 + 32) {
    now = new Float64Array(length * 4 + 64)
    next = new Float64Array(length * 4 + 64)
  }
  for (let i = 0; i < length; i += 2) {
    now[i] = (part[i]! - tile.x0) * tile.scale
    now[i + 1] = (part[i + 1]! - tile.y0) * tile.scale
  }
  if (!isInside) length = clipToTile(length)
  length = roundAndThin(length)
  if (length < 6) return false
  const area = signedArea(length)
  if (area === 0) return false
  // In tile units y points down: a shell must have positive area there, a hole negative.
  if (area > 0 !== isShell) reverse(length)
  writer.varint(MOVE_TO | (1 << 3))
  move(writer, now[0]!, now[1]!)
  writer.varint(LINE_TO | ((length / 2 - 1) << 3))
  for (let i = 2; i < length; i += 2) move(writer, now[i]!, now[i + 1]!)
  writer.varint(CLOSE_PATH | (1 << 3))
  return true
}

/** Sutherland–Hodgman against the four sides of the buffered tile. */
function clipToTile(length: number): number {
  const high = EXTENT + BUFFER
  length = clipSide(length, 0, 1, -BUFFER)
  length = clipSide(length, 0, -1, high)
  length = clipSide(length, 1, 1, -BUFFER)
  return clipSide(length, 1, -1, high)
}

function clipSide(length: number, axis: 0 | 1, sign: 1 | -1, limit: number): number {
  if (length === 0) return 0
  if (next.length < length * 2) next = new Float64Array(length * 4)
  let written = 0
  let px = now[length - 2]!
  let py = now[length - 1]!
  let pGap = sign * ((axis === 0 ? px : py) - limit)
  for (let i = 0; i < length; i += 2) {
    const x = now[i]!
    const y = now[i + 1]!
    const gap = sign * ((axis === 0 ? x : y) - limit)
    if (gap >= 0 !== pGap >= 0) {
      const share = pGap / (pGap - gap)
      next[written++] = px + share * (x - px)
      next[written++] = py + share * (y - py)
    }
    if (gap >= 0) {
      next[written++] = x
      next[written++] = y
    }
    px = x
    py = y
    pGap = gap
  }
  const spare = now
  now = next
  next = spare.length >= now.length ? spare : new Float64Array(now.length)
  return written
}

function roundAndThin(length: number): number {
  let written = 0
  for (let i = 0; i < length; i += 2) {
    const x = Math.round(now[i]!)
    const y = Math.round(now[i + 1]!)
    if (written > 0 && now[written - 2] === x && now[written - 1] === y) continue
    now[written++] = x
    now[written++] = y
  }
  while (written > 2 && now[0] === now[written - 2] && now[1] === now[written - 1]) written -= 2
  return written
}

function signedArea(length: number): number {
  let twice = 0
  let px = now[length - 2]!
  let py = now[length - 1]!
  for (let i = 0; i < length; i += 2) {
    twice += px * now[i + 1]! - now[i]! * py
    px = now[i]!
    py = now[i + 1]!
  }
  return twice / 2
}

function reverse(length: number): void {
  for (let i = 0, j = length - 2; i < j; i += 2, j -= 2)
    for (const k of [0, 1]) {
      const kept = now[i + k]!
      now[i + k] = now[j + k]!
      now[j + k] = kept
    }
}

function move(writer: ByteWriter, x: number, y: number): void {
  const dx = x - cursorX
  const dy = y - cursorY
  // Zigzag: small steps either way become small numbers.
  writer.varint(((dx << 1) ^ (dx >> 31)) >>> 0)
  writer.varint(((dy << 1) ^ (dy >> 31)) >>> 0)
  cursorX = x
  cursorY = y
}
