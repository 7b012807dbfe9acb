import { createInterface } from 'node:readline/promises'

/** Asks the person at the terminal; null where there is none, or nothing was answered. */
export async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await lines.question(`${question}: `)).trim() || null
  } finally {
    lines.close()
  }
}
