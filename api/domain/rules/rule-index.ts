import { reachOf } from './judge-space.ts'
import type { Rule, RulePack } from './rule-pack.ts'

/** A pack's rules for one collection, sorted by what must be asked: `order` is the rule's place in the pack. */
export interface RuleIndex {
  alone: readonly { rule: Rule; order: number }[]
  pairs: readonly PairRules[]
}

/** All rules against one other collection, so that it is searched once. */
export interface PairRules {
  collection: string
  rules: readonly { rule: Rule; order: number; reach_m: number }[]
}

const known = new WeakMap<RulePack, Map<string, RuleIndex>>()
const NOTHING: RuleIndex = { alone: [], pairs: [] }

/** The rules for a collection's features; sorted once a pack. */
export function rulesFor(pack: RulePack, collection: string): RuleIndex {
  let index = known.get(pack)
  if (!index) known.set(pack, (index = indexOf(pack)))
  return index.get(collection) ?? NOTHING
}

function indexOf(pack: RulePack): Map<string, RuleIndex> {
  const index = new Map<
    string,
    { alone: RuleIndex['alone'][number][]; pairs: Map<string, PairRules['rules'][number][]> }
  >()
  for (const [order, rule] of pack.rules.entries()) {
    if (rule.kind === 'stated') continue
    let own = index.get(rule.subject.collection)
    if (!own) index.set(rule.subject.collection, (own = { alone: [], pairs: new Map() }))
    const reach_m = reachOf(rule)
    if (reach_m === null) own.alone.push({ rule, order })
    else {
      const against = own.pairs.get(rule.other!.collection)
      if (against) against.push({ rule, order, reach_m })
      else own.pairs.set(rule.other!.collection, [{ rule, order, reach_m }])
    }
  }
  return new Map(
    Array.from(index, ([collection, { alone, pairs }]) => [
      collection,
      { alone, pairs: Array.from(pairs, ([other, rules]) => ({ collection: other, rules })) },
    ]),
  )
}
