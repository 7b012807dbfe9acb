/** A question that stands between a person and what cannot be taken back. */
export interface Question<A extends string> {
  title: string
  text: string
  /** Lines below the text, for example what differs. */
  lines?: readonly string[]
  /** In the order in which they are shown; the first is the one that does what was asked for. */
  answers: readonly { id: A; label: string; variant: 'primary' | 'plain' | 'danger' }[]
}

/** One question at a time; whoever asks waits for the answer. Null: left open, nothing is to happen. */
class Asking {
  current = $state.raw<Question<string> | null>(null)
  #answer: ((id: string | null) => void) | null = null

  async ask<A extends string>(question: Question<A>): Promise<A | null> {
    this.answer(null)
    this.current = question
    return new Promise((resolve) => {
      this.#answer = resolve as (id: string | null) => void
    })
  }

  answer(id: string | null): void {
    this.current = null
    this.#answer?.(id)
    this.#answer = null
  }
}

export const asking = new Asking()
