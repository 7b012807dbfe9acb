import { nameOf, t } from '../lib/text/text.svelte.ts'
import type { Kerb } from './kerbs.ts'

/** Every kerb with a name that tells it from the others: a street in several segments is numbered along the list. */
export function kerbOptions(kerbs: readonly Kerb[]): { value: string; text: string }[] {
  const plain = kerbs.map((kerb) => ({
    kerb,
    name: `${nameOf(kerb, t('plan.unnamed_street'))} ${t(`value.side.${kerb.side}`)}`,
  }))
  const seen = new Map<string, number>()
  const count = new Map<string, number>()
  for (const { name } of plain) count.set(name, (count.get(name) ?? 0) + 1)
  return plain
    .map(({ kerb, name }) => {
      const number = (seen.get(name) ?? 0) + 1
      seen.set(name, number)
      return { value: kerb.key, text: count.get(name)! > 1 ? `${name} (${number})` : name }
    })
    .sort((a, b) => a.text.localeCompare(b.text))
}
