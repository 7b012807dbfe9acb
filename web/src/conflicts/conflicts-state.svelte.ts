import type { ConflictsReply, Finding } from '../../../api/features/checks/contract.ts'
import type { RulePackShape } from '../../../api/features/rule-packs/contract.ts'
import { WEEKDAYS } from '../../../api/domain/schedule/windows.ts'
import { allItems, call } from '../lib/api.ts'
import { nameOf } from '../lib/text/text.svelte.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { partyName } from '../parts/finding-text.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import {
  cleanIds,
  countByHour,
  countByRule,
  type FindingFilter,
  findingKey,
  groupFindings,
  matching,
} from './finding-groups.ts'
import { boxOf } from './where.ts'

/** The choices of the page; lots and frontages come with all of them. */
export const JUDGED_TABS = ['vendor_zones', 'bays', 'closures', 'all'] as const
export type Tab = (typeof JUDGED_TABS)[number]
type RulePack = RulePackShape
/** A use that was judged, as the list of the clean ones needs it. */
interface Use {
  id: string
  name: string
}

/** Beyond this many the clean ones are counted, not named. */
const MOST_NAMED = 60
const OVER = new Set(['retired', 'ended', 'suspended'])

/** What the conflicts page shows. Filters and the chosen finding live in the address. */
class ConflictsState {
  /** What is shown where the address does not say: where a community has no zones, bays are what can be checked. */
  readonly usual = $derived.by((): Tab => {
    const { vendor_zones: zones, bays } = community.summary ?? {}
    return zones === 0 && bays ? 'bays' : 'vendor_zones'
  })
  readonly of = $derived(JUDGED_TABS.find((tab) => tab === route.get('of')) ?? this.usual)
  /** Whether the clear walking path is looked at instead. */
  readonly isWalking = $derived(route.get('of') === 'walking')
  readonly filter = $derived.by((): FindingFilter => {
    const severity = route.get('severity')
    const [day = '', hour = ''] = (route.get('week') ?? '').split('-')
    const weekday = WEEKDAYS.indexOf(day as (typeof WEEKDAYS)[number])
    return {
      severity: severity === 'hard' || severity === 'warning' ? severity : null,
      rule_id: route.get('rule'),
      day: weekday < 0 ? null : weekday,
      hour: /^([01]?\d|2[0-3])$/.test(hour) ? Number(hour) : null,
    }
  })
  readonly isFiltered = $derived(Object.values(this.filter).some((value) => value !== null))
  readonly selectedKey = $derived(route.get('finding'))

  reply = $state.raw<(ConflictsReply & { of: Tab; slug: string }) | null>(null)
  pack = $state.raw<RulePack | null>(null)
  failure = $state.raw<unknown>(null)
  #uses = $state.raw<{ id: string; name_zh: string | null; name_en: string | null }[] | null>(null)
  #asked = 0

  /** Everything found, of what is being looked at; null until it has come. */
  readonly found = $derived(
    this.reply?.of === this.of && this.reply.slug === community.current?.slug
      ? (this.reply.findings as Finding[])
      : null,
  )
  /** How many findings hold in each hour of an ordinary week, whatever hour is chosen. */
  readonly heat = $derived(
    countByHour(matching(this.found ?? [], { ...this.filter, day: null, hour: null })),
  )
  readonly shown = $derived(matching(this.found ?? [], this.filter))
  readonly groups = $derived(groupFindings(this.shown, partyName))
  readonly ruleCounts = $derived(countByRule(this.found ?? []))
  readonly hard = $derived(this.found?.filter((finding) => finding.severity === 'hard').length ?? 0)
  readonly selected = $derived(
    this.shown.find((finding) => findingKey(finding) === this.selectedKey) ?? null,
  )
  /** Uses without any finding, by name; null while unknown or where there are too many to name. */
  readonly clean = $derived.by((): Use[] | null => {
    if (!this.found || !this.#uses) return null
    const names = new Map(this.#uses.map((use) => [use.id, nameOf(use, use.id.slice(0, 8))]))
    const ids = cleanIds([...names.keys()], this.found)
    return ids.length > MOST_NAMED
      ? null
      : ids
          .map((id) => ({ id, name: names.get(id)! }))
          .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN', { numeric: true }))
  })

  ruleOf(finding: Finding): { title_zh: string; title_en: string } | null {
    return this.pack?.rules.find((rule) => rule.id === finding.rule_id) ?? null
  }

  setFilter(changes: Partial<FindingFilter>): void {
    const { severity, rule_id, day, hour } = { ...this.filter, ...changes }
    const week = `${day === null ? '' : WEEKDAYS[day]}-${hour ?? ''}`
    route.set({ severity, rule: rule_id, week: week === '-' ? null : week })
  }

  /** Chooses a finding and brings it into view; null lets go. */
  choose(finding: Finding | null): void {
    route.set({ finding: finding && findingKey(finding) })
    if (finding) mapView.showBox(boxOf(finding.where), 19.5)
  }

  /** Asks what is in conflict; the last question asked wins. */
  async load(): Promise<void> {
    const asked = ++this.#asked
    if (this.isWalking) return
    const { of } = this
    const slug = community.getSlug()
    const query = { community: slug }
    try {
      const [reply, uses] = await Promise.all([
        call('GET /api/conflicts', { query: { ...query, of } }),
        of === 'vendor_zones' ? allItems('vendor_zones', query) : null,
      ])
      if (asked !== this.#asked) return
      this.failure = null
      this.reply = { ...reply, of, slug }
      this.#uses =
        uses
          ?.filter(({ properties }) => !OVER.has(properties.status ?? ''))
          .map(({ id, properties }) => ({
            id,
            name_zh: properties.name_zh ?? null,
            name_en: properties.name_en ?? null,
          })) ?? null
      await this.#loadPack(slug, reply.rule_pack)
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  async #loadPack(slug: string, { id, version }: { id: string; version: number }): Promise<void> {
    if (this.pack?.id === id && this.pack.version === version) return
    const query = { community: slug, version }
    this.pack = await call('GET /api/rule_packs/:id', { params: { id }, query })
  }
}

export const conflicts = new ConflictsState()
