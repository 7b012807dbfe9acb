/**
 * A uniform grid over boxes, in flat arrays (compressed rows): the items of cell `c` are
 * `items[start[c]] … items[start[c + 1] - 1]`, in ascending order. Metres of one frame.
 */
export interface CellGrid {
  minx: number
  miny: number
  cell_m: number
  columns: number
  rows: number
  start: Int32Array
  items: Int32Array
  bounds: Float64Array
}

/** Beyond this many cells the cells grow instead: one stray shape far away must not cost gigabytes. */
const MOST_CELLS = 1 << 24

/**
 * Builds the grid over n boxes `[minx, miny, maxx, maxy]` in metres. A box that is not finite, or whose `minx` is
 * greater than its `maxx`, holds nothing and lies in no cell. An item lies in every cell that its box touches.
 */
export function buildCellGrid(bounds: Float64Array, cell_m: number): CellGrid {
  const count = bounds.length >> 2
  const [minx, miny, maxx, maxy] = wholeOf(bounds)
  let cell = cell_m
  while (cellsOf(minx, miny, maxx, maxy, cell) > MOST_CELLS) cell *= 2
  const columns = Math.floor((maxx - minx) / cell) + 1
  const rows = Math.floor((maxy - miny) / cell) + 1
  const start = new Int32Array(columns * rows + 1)

  // First how many items each cell holds, then where its run begins, then the items: no list ever grows.
  const touched = new Int32Array(count * 4)
  for (let item = 0; item < count; item++) {
    const at = item * 4
    if (!isBox(bounds, at)) {
      touched[at + 2] = -1
      continue
    }
    const first = (touched[at] = Math.floor((bounds[at]! - minx) / cell))
    const low = (touched[at + 1] = Math.floor((bounds[at + 1]! - miny) / cell))
    const last = (touched[at + 2] = Math.floor((bounds[at + 2]! - minx) / cell))
    const high = (touched[at + 3] = Math.floor((bounds[at + 3]! - miny) / cell))
    for (let row = low; row <= high; row++)
      for (let column = first; column <= last; column++) start[row * columns + column + 1]!++
  }
  for (let c = 1; c < start.length; c++) start[c]! += start[c - 1]!
  const items = new Int32Array(start[start.length - 1]!)
  const next = start.slice(0, -1)
  for (let item = 0; item < count; item++) {
    const at = item * 4
    for (let row = touched[at + 1]!; row <= touched[at + 3]!; row++)
      for (let column = touched[at]!; column <= touched[at + 2]!; column++)
        items[next[row * columns + column]!++] = item
  }
  return { minx, miny, cell_m: cell, columns, rows, start, items, bounds }
}

/** The items whose boxes touch the cell at a place, ascending; empty outside the grid. */
export function itemsAt(grid: CellGrid, x: number, y: number): Int32Array {
  const column = Math.floor((x - grid.minx) / grid.cell_m)
  const row = Math.floor((y - grid.miny) / grid.cell_m)
  if (!(column >= 0 && column < grid.columns && row >= 0 && row < grid.rows))
    return grid.items.subarray(0, 0)
  const cell = row * grid.columns + column
  return grid.items.subarray(grid.start[cell], grid.start[cell + 1])
}

/** Visits the items of every cell that a box touches; an item that spans several cells comes several times. */
export function visitCells(
  grid: CellGrid,
  minx: number,
  miny: number,
  maxx: number,
  maxy: number,
  visit: (item: number) => void,
): void {
  const { columns, start, items } = grid
  const [first, low, last, high] = cellRange(grid, minx, miny, maxx, maxy)
  for (let row = low; row <= high; row++)
    for (let column = first; column <= last; column++) {
      const cell = row * columns + column
      for (let k = start[cell]!; k < start[cell + 1]!; k++) visit(items[k]!)
    }
}

/** Like `visitCells`, but each item comes once, and only when its box meets the given box (touching counts). */
export function visitOnce(
  grid: CellGrid,
  minx: number,
  miny: number,
  maxx: number,
  maxy: number,
  visit: (item: number) => void,
): void {
  const { columns, start, items, bounds, cell_m } = grid
  const [first, low, last, high] = cellRange(grid, minx, miny, maxx, maxy)
  for (let row = low; row <= high; row++)
    for (let column = first; column <= last; column++) {
      const cell = row * columns + column
      for (let k = start[cell]!; k < start[cell + 1]!; k++) {
        const item = items[k]!
        const at = item * 4
        if (
          bounds[at]! > maxx ||
          bounds[at + 2]! < minx ||
          bounds[at + 1]! > maxy ||
          bounds[at + 3]! < miny
        )
          continue
        // Of the cells that box and item share, the lowest one speaks for the item.
        const itemFirst = Math.floor((bounds[at]! - grid.minx) / cell_m)
        const itemLow = Math.floor((bounds[at + 1]! - grid.miny) / cell_m)
        if (column === Math.max(itemFirst, first) && row === Math.max(itemLow, low)) visit(item)
      }
    }
}

function cellRange(
  grid: CellGrid,
  minx: number,
  miny: number,
  maxx: number,
  maxy: number,
): [first: number, low: number, last: number, high: number] {
  return [
    Math.max(0, Math.floor((minx - grid.minx) / grid.cell_m)),
    Math.max(0, Math.floor((miny - grid.miny) / grid.cell_m)),
    Math.min(grid.columns - 1, Math.floor((maxx - grid.minx) / grid.cell_m)),
    Math.min(grid.rows - 1, Math.floor((maxy - grid.miny) / grid.cell_m)),
  ]
}

function isBox(bounds: Float64Array, at: number): boolean {
  const width = bounds[at + 2]! - bounds[at]!
  const height = bounds[at + 3]! - bounds[at + 1]!
  return width >= 0 && width < Infinity && height >= 0 && height < Infinity
}

function wholeOf(bounds: Float64Array): [number, number, number, number] {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let at = 0; at < bounds.length; at += 4) {
    if (!isBox(bounds, at)) continue
    if (bounds[at]! < minx) minx = bounds[at]!
    if (bounds[at + 1]! < miny) miny = bounds[at + 1]!
    if (bounds[at + 2]! > maxx) maxx = bounds[at + 2]!
    if (bounds[at + 3]! > maxy) maxy = bounds[at + 3]!
  }
  return minx <= maxx ? [minx, miny, maxx, maxy] : [0, 0, 0, 0]
}

const cellsOf = (minx: number, miny: number, maxx: number, maxy: number, cell: number) =>
  (Math.floor((maxx - minx) / cell) + 1) * (Math.floor((maxy - miny) / cell) + 1)
