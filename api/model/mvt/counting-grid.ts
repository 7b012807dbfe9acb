import type { ModelLayer } from '../street-model.ts'
import { AGGREGATED_BELOW_ZOOM } from './tile-attributes.ts'

/** Cells along one side of a tile: few enough for a light tile, many enough to show where the streets are. */
export const CELLS_ACROSS = 16

const FINEST_ZOOM = AGGREGATED_BELOW_ZOOM - 1
const CELLS_OF_WORLD = 2 ** FINEST_ZOOM * CELLS_ACROSS

/**
 * Features counted on the cells of the finest zoom that shows counts, of coarser ones a cell is a sum of these. Each
 * entry is one cell that holds something: its column and row in the world, features, and their capacity.
 */
interface CountingGrid {
  columns: Int32Array
  rows: Int32Array
  counts: Int32Array
  capacities: Int32Array
}

const known = new WeakMap<ModelLayer, CountingGrid>()

/** Features and capacity per cell of a tile, row by row; a feature belongs to the one cell that its middle lies in. */
export function countsInTile(
  layer: ModelLayer,
  z: number,
  x: number,
  y: number,
): { counts: Int32Array; capacities: Int32Array } {
  let grid = known.get(layer)
  if (!grid) known.set(layer, (grid = countCells(layer)))
  const counts = new Int32Array(CELLS_ACROSS * CELLS_ACROSS)
  const capacities = new Int32Array(CELLS_ACROSS * CELLS_ACROSS)
  const shift = FINEST_ZOOM - z
  for (let c = 0; c < grid.counts.length; c++) {
    const column = (grid.columns[c]! >> shift) - x * CELLS_ACROSS
    const row = (grid.rows[c]! >> shift) - y * CELLS_ACROSS
    if (column < 0 || row < 0 || column >= CELLS_ACROSS || row >= CELLS_ACROSS) continue
    const cell = row * CELLS_ACROSS + column
    counts[cell]! += grid.counts[c]!
    capacities[cell]! += grid.capacities[c]!
  }
  return { counts, capacities }
}

function countCells({ shapes, properties }: ModelLayer): CountingGrid {
  const cells = new Map<number, number>()
  const columns: number[] = []
  const rows: number[] = []
  const counts: number[] = []
  const capacities: number[] = []
  for (let i = 0; i < shapes.length; i++) {
    const [minx, miny, maxx, maxy] = shapes[i]!.bounds
    const column = Math.floor(((minx + maxx) / 2) * CELLS_OF_WORLD)
    const row = Math.floor(((miny + maxy) / 2) * CELLS_OF_WORLD)
    const key = row * CELLS_OF_WORLD + column
    let cell = cells.get(key)
    if (cell === undefined) {
      cells.set(key, (cell = columns.push(column) - 1))
      rows.push(row)
      counts.push(0)
      capacities.push(0)
    }
    counts[cell]!++
    capacities[cell]! += (properties[i]!['capacity'] as number | null | undefined) ?? 0
  }
  return {
    columns: Int32Array.from(columns),
    rows: Int32Array.from(rows),
    counts: Int32Array.from(counts),
    capacities: Int32Array.from(capacities),
  }
}
