import { shell, SHEET_HEIGHTS, sheetPixels, type SheetHeight } from '../state/shell.svelte.ts'

/** Pixels below which a press is a tap. */
const SLOP_PX = 6

/** Dragging the sheet of a phone by its grip; on release it rests at the nearest height. */
export class SheetDrag {
  isDragging = $state(false)
  #pixels = $state<number | null>(null)
  #from: { y: number; height: number } | null = null

  /** CSS height in force: where the finger holds it, else the height it rests at. */
  get height(): string {
    return this.#pixels === null ? SHEET_HEIGHTS[shell.sheet] : `${this.#pixels}px`
  }

  start = (event: PointerEvent) => {
    if ((event.target as Element).closest('button')) return
    const grip = event.currentTarget as Element
    // A quick finger leaves the strip before the first move is told.
    grip.setPointerCapture(event.pointerId)
    this.#from = { y: event.clientY, height: sheetPixels(shell.sheet) }
  }

  move = (event: PointerEvent) => {
    if (!this.#from) return
    const up = this.#from.y - event.clientY
    if (!this.isDragging && Math.abs(up) < SLOP_PX) return
    this.isDragging = true
    this.#pixels = Math.min(
      Math.max(this.#from.height + up, sheetPixels('peek')),
      sheetPixels('full'),
    )
  }

  end = () => {
    if (this.isDragging && this.#pixels !== null) shell.sheet = nearest(this.#pixels)
    this.#from = null
    this.#pixels = null
    this.isDragging = false
  }
}

function nearest(pixels: number): SheetHeight {
  const away = (height: SheetHeight) => Math.abs(sheetPixels(height) - pixels)
  return (Object.keys(SHEET_HEIGHTS) as SheetHeight[]).reduce((best, height) =>
    away(height) < away(best) ? height : best,
  )
}
