interface Toast {
  id: number
  text: string
}

const SHOWN_MS = 5000

/** Short words about what has just happened; they leave by themselves. */
class Toasts {
  all = $state.raw<readonly Toast[]>([])
  #last = 0

  show(text: string): void {
    const id = ++this.#last
    this.all = [...this.all, { id, text }]
    setTimeout(() => this.dismiss(id), SHOWN_MS)
  }

  dismiss(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id)
  }
}

export const toasts = new Toasts()
