/** How shops keep their ground: letters (责任书), scores of checks, and the red and black list of a month (红黑榜). */

/** The version of the letter's text that is signed today; the text itself stands with the page's messages. */
export const LETTER_TEXT_VERSION = '2026-1'

export const LETTER_STATES = ['none', 'signed', 'ends_soon', 'expired'] as const
export type LetterState = (typeof LETTER_STATES)[number]

/** A letter that ends within so many days is to be renewed. */
export const ENDS_SOON_DAYS = 30

const DAY_MS = 86_400_000

/** The state of a shop's latest letter on a local day (YYYY-MM-DD); it counts to the end of its last day. */
export function letterState(
  letter: { signed_at: string; valid_until: string } | null,
  today: string,
): LetterState {
  if (!letter || letter.signed_at > today) return 'none'
  if (letter.valid_until < today) return 'expired'
  const left = (Date.parse(letter.valid_until) - Date.parse(today)) / DAY_MS
  return left <= ENDS_SOON_DAYS ? 'ends_soon' : 'signed'
}

export const CHECK_ITEMS = ['hygiene', 'order', 'facilities'] as const
export type CheckItem = (typeof CHECK_ITEMS)[number]
/** 卫生, 秩序, 设施: 0 to 100 each. */
export type CheckScores = Record<CheckItem, number>

/** By which rule a month's lists are made; every community may set its own. */
export interface ListRule {
  /** What each item weighs; any unit, more than 0 together. */
  weights: CheckScores
  /** A mean of at least this is red, of less than `black_below` black. */
  red_from: number
  black_below: number
  /** A shop with fewer checks in the month stands on neither. */
  least_checks: number
}

/** Judgement, not law: equal weights, excellent and failed as schools mark them. */
export const LIST_RULE: ListRule = {
  weights: { hygiene: 1, order: 1, facilities: 1 },
  red_from: 90,
  black_below: 60,
  least_checks: 1,
}

/** One check's score, 0 to 100, to a tenth. */
export function scoreOf(scores: CheckScores, { weights }: Pick<ListRule, 'weights'>): number {
  const all = CHECK_ITEMS.reduce((sum, item) => sum + weights[item], 0)
  const sum = CHECK_ITEMS.reduce((points, item) => points + weights[item] * scores[item], 0)
  return Math.round((sum / all) * 10) / 10
}

export interface ShopScore {
  shop_id: string
  checks: number
  score: number
  list: 'red' | 'black' | null
}

/** A month's checks, shop by shop: the mean of its scores, and on which list it stands; best first, equal ones by id. */
export function listShops(
  checks: readonly { shop_id: string; scores: CheckScores }[],
  rule: ListRule,
): ShopScore[] {
  const shops = new Map<string, number[]>()
  for (const { shop_id, scores } of checks)
    shops.set(shop_id, [...(shops.get(shop_id) ?? []), scoreOf(scores, rule)])
  return [...shops]
    .map(([shop_id, scores]) => {
      const score =
        Math.round((scores.reduce((sum, one) => sum + one, 0) / scores.length) * 10) / 10
      return { shop_id, checks: scores.length, score, list: listOf(score, scores.length, rule) }
    })
    .sort((a, b) => b.score - a.score || (a.shop_id < b.shop_id ? -1 : 1))
}

function listOf(score: number, checks: number, rule: ListRule): ShopScore['list'] {
  if (checks < rule.least_checks) return null
  if (score >= rule.red_from) return 'red'
  return score < rule.black_below ? 'black' : null
}
