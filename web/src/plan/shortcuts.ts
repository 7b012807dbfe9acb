import { asking } from './asking.svelte.ts'
import { layOut } from './layout-state.svelte.ts'
import { plan, type Tool } from './plan-state.svelte.ts'
import { nudge, turn } from './shape-actions.ts'
import { chooseTool, removeBay } from './tools.ts'

/** Keys of the bench. Letters count only while the map has the focus or nothing has; undo counts everywhere else too. */

const STEP_M = 0.1
const LONG_STEP_M = 1

/** Metres east and north that an arrow key means on a map turned by `bearing`; with Shift a long step. */
export function arrowStep(event: KeyboardEvent, bearing: number): [dx: number, dy: number] | null {
  const step = event.shiftKey ? LONG_STEP_M : STEP_M
  const way = WAYS[event.key]
  if (!way || event.ctrlKey || event.metaKey || event.altKey) return null
  const radians = (bearing * Math.PI) / 180
  const [right, up] = [way[0] * step, way[1] * step]
  return [
    right * Math.cos(radians) + up * Math.sin(radians),
    up * Math.cos(radians) - right * Math.sin(radians),
  ]
}

const WAYS: Readonly<Record<string, readonly [right: number, up: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}

/** Whose steps are undone: the bay's on the bench, else those of laying out. */
export const stepsAtHand = () => (plan.bay ? plan : layOut)

/** Does what a key stands for; answers whether it stood for anything. */
export function onBenchKey(event: KeyboardEvent, bearing: number): boolean {
  if (asking.current || isTyping(event.target)) return false
  if (isUndoKey(event)) {
    const steps = stepsAtHand()
    if (event.shiftKey || event.key.toLowerCase() === 'y') steps.redo()
    else steps.undo()
    return true
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !isAtMap(event.target)) return false
  const tool = TOOLS[event.key.toLowerCase()]
  if (tool) {
    void chooseTool(tool)
    return true
  }
  if (event.key === 'Escape' && plan.tool !== 'select') {
    plan.tool = plan.tool === 'yard' ? 'layout' : 'select'
    return true
  }
  if (!plan.ring || plan.tool !== 'select') return false
  const step = arrowStep(event, bearing)
  if (step) {
    nudge(...step)
    return true
  }
  const degrees = TURNS[event.key]
  if (degrees !== undefined) {
    turn(degrees)
    return true
  }
  if (event.key !== 'Delete' && event.key !== 'Backspace') return false
  void removeBay()
  return true
}

const TOOLS = { v: 'select', r: 'kerb', p: 'polygon', l: 'layout' } as Readonly<
  Record<string, Tool | undefined>
>

/** Counter-clockwise; with Shift the brackets turn into braces, and the steps into long ones. */
const TURNS: Readonly<Record<string, number | undefined>> = { '[': 1, ']': -1, '{': 15, '}': -15 }

const isUndoKey = (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase())

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.matches('input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]')

const isAtMap = (target: EventTarget | null): boolean =>
  target === document.body || (target instanceof Element && target.closest('.map') !== null)
