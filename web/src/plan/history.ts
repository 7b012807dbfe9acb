/** States that can be walked back and forth. Nothing in it is ever changed. */
export interface History<T> {
  past: readonly T[]
  present: T
  future: readonly T[]
  /** What the last change was, and when: changes of one drag or one run of key presses are one step. */
  last: { key: string; at_ms: number } | null
}

/** Two presses of the same key within this time are one step back. */
const TOGETHER_MS = 1000
const MOST_STEPS = 200

export const newHistory = <T>(present: T, last: History<T>['last'] = null): History<T> => ({
  past: [],
  present,
  future: [],
  last,
})

/** Adds a state. One with the `key` of the last change, soon after it, replaces that change. */
export function record<T>(
  history: History<T>,
  present: T,
  key: string | null,
  at_ms: number,
): History<T> {
  if (present === history.present) return history
  const { last } = history
  const isSameStep =
    key !== null && last !== null && last.key === key && at_ms - last.at_ms < TOGETHER_MS
  return {
    past: isSameStep ? history.past : [...history.past, history.present].slice(-MOST_STEPS),
    present,
    future: [],
    last: key === null ? null : { key, at_ms },
  }
}

export function undo<T>(history: History<T>): History<T> {
  const present = history.past.at(-1)
  if (present === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present,
    future: [history.present, ...history.future],
    last: null,
  }
}

export function redo<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future
  if (present === undefined) return history
  return { past: [...history.past, history.present], present, future, last: null }
}
