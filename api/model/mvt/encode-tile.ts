import type { LayerId, ModelLayer } from '../street-model.ts'
import {
  BUFFER,
  EXTENT,
  GEOMETRY_TYPES,
  type TileFrame,
  tileFrame,
  writeGeometry,
} from './geometry.ts'
import { AGGREGATED, AGGREGATED_BELOW_ZOOM, TILE_ATTRIBUTES } from './tile-attributes.ts'
import { TileLayer, type TileValue } from './tile-layer.ts'
import { ByteWriter } from './writer.ts'

/** One cell of the counting grid in tile units: 16 × 16 cells a tile. */
const CELL = 256

const tileWriter = new ByteWriter()
const geometryWriter = new ByteWriter()

/** Encodes layers into one Mapbox Vector Tile (specification 2.1); empty bytes where nothing lies in it. */
export function encodeTile(
  layers: readonly ModelLayer[],
  z: number,
  x: number,
  y: number,
): Uint8Array {
  tileWriter.reset()
  const tile = tileFrame(z, x, y)
  for (const layer of layers) {
    if (!layer.index) continue
    const found = search(layer, tile)
    if (found.length === 0) continue
    const out = new TileLayer(layer.id)
    if (z < AGGREGATED_BELOW_ZOOM && AGGREGATED.has(layer.id)) addCounts(out, layer, found, tile)
    else addFeatures(out, layer, found, tile)
    out.writeInto(tileWriter)
  }
  return tileWriter.take()
}

function search(layer: ModelLayer, tile: TileFrame): number[] {
  const margin = BUFFER / tile.scale
  const side = EXTENT / tile.scale
  return layer.index!.search(
    tile.x0 - margin,
    tile.y0 - margin,
    tile.x0 + side + margin,
    tile.y0 + side + margin,
  )
}

function addFeatures(
  out: TileLayer,
  layer: ModelLayer,
  found: readonly number[],
  tile: TileFrame,
): void {
  // Drawn in the order of ids, so that a tile's bytes depend on its content only.
  for (const i of [...found].sort((a, b) => a - b)) {
    const shape = layer.shapes[i]!
    geometryWriter.reset()
    if (!writeGeometry(geometryWriter, shape, tile)) continue
    out.add(layer.numbers[i]!, GEOMETRY_TYPES[shape.kind], geometryWriter, attributesOf(layer, i))
  }
}

function* attributesOf(
  layer: ModelLayer,
  i: number,
): Generator<readonly [string, TileValue | null]> {
  yield ['id', layer.ids[i]!]
  const properties = layer.properties[i]!
  for (const member of TILE_ATTRIBUTES[layer.id]) {
    const value = properties[member]
    yield [member, Array.isArray(value) ? value.join(',') : ((value ?? null) as TileValue | null)]
  }
}

/** Counts features and their capacity per cell; a feature belongs to the one cell that its middle lies in. */
function addCounts(
  out: TileLayer,
  layer: ModelLayer,
  found: readonly number[],
  tile: TileFrame,
): void {
  const across = EXTENT / CELL
  const counts = new Int32Array(across * across)
  const capacities = new Int32Array(across * across)
  for (const i of found) {
    const [minx, miny, maxx, maxy] = layer.shapes[i]!.bounds
    const column = Math.floor((((minx + maxx) / 2 - tile.x0) * tile.scale) / CELL)
    const row = Math.floor((((miny + maxy) / 2 - tile.y0) * tile.scale) / CELL)
    if (column < 0 || row < 0 || column >= across || row >= across) continue
    const cell = row * across + column
    counts[cell] = counts[cell]! + 1
    capacities[cell] =
      capacities[cell]! + ((layer.properties[i]!['capacity'] as number | null) ?? 0)
  }
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] === 0) continue
    const x = ((cell % across) + 0.5) * CELL
    const y = (Math.floor(cell / across) + 0.5) * CELL
    geometryWriter.reset()
    writePoint(x, y)
    out.add(0, GEOMETRY_TYPES.point, geometryWriter, [
      ['aggregated', true],
      ['count', counts[cell]!],
      ['capacity', capacities[cell]!],
    ])
  }
}

function writePoint(x: number, y: number): void {
  geometryWriter.varint(9)
  geometryWriter.varint(x << 1)
  geometryWriter.varint(y << 1)
}

/** Every attribute a layer's features can carry, for TileJSON. */
export function tileFields(id: LayerId): Record<string, string> {
  return Object.fromEntries([
    ['id', 'String'],
    ...TILE_ATTRIBUTES[id].map((member) => [
      member,
      /_m$|capacity|stalls|floors|spaces/.test(member) ? 'Number' : 'String',
    ]),
    ...(AGGREGATED.has(id)
      ? [
          ['aggregated', 'Boolean'],
          ['count', 'Number'],
        ]
      : []),
  ]) as Record<string, string>
}
