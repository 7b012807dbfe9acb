import type { MercatorShape } from '../mercator.ts'
import type { LayerId, ModelLayer } from '../street-model.ts'
import { CELLS_ACROSS, countsInTile } from './counting-grid.ts'
import {
  BUFFER,
  EXTENT,
  GEOMETRY_TYPES,
  type TileFrame,
  tileFrame,
  writeGeometry,
} from './geometry.ts'
import { AGGREGATED, AGGREGATED_BELOW_ZOOM, TILE_ATTRIBUTES } from './tile-attributes.ts'
import { addSmallRing, smallRingsOf } from './small-rings.ts'
import { TileLayer } from './tile-layer.ts'
import { encodedValue } from './tile-values.ts'
import { ByteWriter } from './writer.ts'

/** One cell of the counting grid in tile units. */
const CELL = EXTENT / CELLS_ACROSS

const tileWriter = new ByteWriter()
const geometryWriter = new ByteWriter()
const tagsWriter = new ByteWriter()
const commonTags = new ByteWriter()

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
    const out = new TileLayer(layer.id)
    if (z < AGGREGATED_BELOW_ZOOM && AGGREGATED.has(layer.id)) addCounts(out, layer, z, x, y)
    else addFeatures(out, layer, search(layer, tile), tile)
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
  const rings = smallRingsOf(layer)
  const tagsOf = tagWriter(out, layer)
  let partValue: number | undefined
  // Drawn in the order of ids, so that a tile's bytes depend on its content only.
  const order = new Uint32Array(found).sort()
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    if (addSmallRing(out, layer, rings, i, tile, tagsOf)) continue
    const shape = layer.shapes[i]!
    geometryWriter.reset()
    if (!writeGeometry(geometryWriter, shape, tile)) continue
    const tags = tagsOf(i)
    if (shape.kind === 'area' && !holdsMiddle(tile, shape.bounds)) {
      tags.varint(out.keyOf('part'))
      tags.varint((partValue ??= out.addValue(encodedValue(true))))
    }
    out.addTagged(layer.numbers[i]!, GEOMETRY_TYPES[shape.kind], geometryWriter, tags)
  }
}

/** Of the tiles that an area is cut into, the one that holds its middle is where it is named. */
function holdsMiddle(tile: TileFrame, [minx, miny, maxx, maxy]: MercatorShape['bounds']): boolean {
  const x = ((minx + maxx) / 2 - tile.x0) * tile.scale
  const y = ((miny + maxy) / 2 - tile.y0) * tile.scale
  return x >= 0 && y >= 0 && x < EXTENT && y < EXTENT
}

/** Writes a feature's tags into one writer, for features of one layer in one tile. */
function tagWriter(out: TileLayer, layer: ModelLayer): (i: number) => ByteWriter {
  const idKey = out.keyOf('id')
  const members = TILE_ATTRIBUTES[layer.id]
  const keys = new Int32Array(members.length).fill(-1)
  const numbers = new Map<number, number>()
  /** Where in `commonTags` the tags of a combination of codes lie. */
  const known = new Map<Int32Array, { start: number; end: number }>()
  commonTags.reset()
  const writeCommon = (codes: Int32Array) => {
    const start = commonTags.length
    for (let m = 0; m < codes.length; m++) {
      const code = codes[m]!
      if (code < 0) continue
      if (keys[m]! < 0) keys[m] = out.keyOf(members[m]!)
      let number = numbers.get(code)
      if (number === undefined)
        numbers.set(code, (number = out.addValue(layer.values.encoded[code]!)))
      commonTags.varint(keys[m]!)
      commonTags.varint(number)
    }
    const place = { start, end: commonTags.length }
    known.set(codes, place)
    return place
  }
  let lastCodes: Int32Array | undefined
  let last = { start: 0, end: 0 }
  return (i) => {
    tagsWriter.reset()
    tagsWriter.varint(idKey)
    tagsWriter.varint(out.addId(layer.idValues, layer.numbers[i]!))
    const codes = layer.codes[i]!
    // Neighbours are often alike.
    if (codes !== lastCodes) {
      last = known.get(codes) ?? writeCommon(codes)
      lastCodes = codes
    }
    tagsWriter.reserve(last.end - last.start)
    const { bytes } = tagsWriter
    const common = commonTags.bytes
    let at = tagsWriter.length
    for (let k = last.start; k < last.end; k++) bytes[at++] = common[k]!
    tagsWriter.length = at
    return tagsWriter
  }
}

/** One point a cell that holds something, in the cell's middle. */
function addCounts(out: TileLayer, layer: ModelLayer, z: number, x: number, y: number): void {
  const { counts, capacities } = countsInTile(layer, z, x, y)
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] === 0) continue
    geometryWriter.reset()
    writePoint(((cell % CELLS_ACROSS) + 0.5) * CELL, (Math.floor(cell / CELLS_ACROSS) + 0.5) * CELL)
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
    ['part', 'Boolean'],
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
