interface Toast {
  id: number
  text: string
  action: ToastAction | null
}

/** What can be done about what the toast says, for as long as it stands. */
export interface ToastAction {
  label: string
  run: () => unknown
}

const SHOWN_MS = 5000
/** Whoever may take something back is given time to think. */
const SHOWN_WITH_ACTION_MS = 15_000

/** Short words about what has just happened. */
class Toasts {
  all = $state.raw<readonly Toast[]>([])
  #last = 0

  /** Leaves by itself after a while. */
  show(text: string, action: ToastAction | null = null): void {
    const id = ++this.#last
    this.all = [...this.all, { id, text, action }]
    setTimeout(() => this.dismiss(id), action ? SHOWN_WITH_ACTION_MS : SHOWN_MS)
  }

  /** Stands until it is put away: for what goes wrong while the page still opens and nobody looks yet. */
  keep(text: string): void {
    this.all = [...this.all, { id: ++this.#last, text, action: null }]
  }

  dismiss(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
