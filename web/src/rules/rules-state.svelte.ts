import { lintPack } from '../../../api/domain/rules/lint.ts'
import { diffPacks } from '../../../api/domain/rules/pack-diff.ts'
import { applyChanges, type RuleChange } from '../../../api/domain/rules/rule-change.ts'
import type { Rule, RulePack } from '../../../api/domain/rules/rule-pack.ts'
import { STREET_CLASSES } from '../../../api/features/inventory/contract.ts'
import type {
  PackVersions,
  RulePackShape,
  RulePacksReply,
  WhatIfReply,
} from '../../../api/features/rule-packs/contract.ts'
import type { Static } from 'typebox'
import { call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { session } from '../state/session.svelte.ts'
import { changeOf } from './rule-edits.ts'

/** The pack that covers everything known: others are shown against it. */
const BASE_ID = 'cn-default'

/** The rules page: all packs, the open one with edits that are not saved yet, and what they would do. */
class RulesState {
  list = $state.raw<Static<typeof RulePacksReply> | null>(null)
  /** As it is stored. */
  pack = $state.raw<RulePackShape | null>(null)
  base = $state.raw<RulePackShape | null>(null)
  versions = $state.raw<Static<typeof PackVersions>['versions']>([])
  effect = $state.raw<WhatIfReply | null>(null)
  failure = $state.raw<unknown>(null)
  isBusy = $state(false)
  /** Rules as they would be, by id; null for one that is taken out. */
  #edits = $state.raw<ReadonlyMap<string, Rule | null>>(new Map())
  #asked = 0
  #tried = 0

  readonly mayEdit = $derived(session.mayDo('manage_rules'))
  readonly openId = $derived(route.get('pack'))
  readonly version = $derived(Number(route.get('version')) || null)
  readonly isDirty = $derived(this.#edits.size > 0)
  readonly isOpen = $derived(this.pack !== null && this.pack.id === this.openId)
  readonly isActive = $derived(
    this.list?.active.id === this.pack?.id && this.list?.active.version === this.pack?.version,
  )
  /** Earlier versions are history: they may be put in force again, not changed. */
  readonly isNewest = $derived(
    this.list?.rule_packs.find(({ id }) => id === this.pack?.id)?.version === this.pack?.version,
  )
  readonly mayTry = $derived(this.mayEdit && this.isNewest)
  /** The edits as the server takes them. */
  readonly changes = $derived<RuleChange[]>(
    [...this.#edits].map(([id, rule]) => changeOf(id, rule)),
  )
  /** The pack with the edits in it. */
  readonly edited = $derived.by((): RulePack | null => {
    const pack = this.pack as RulePack | null
    if (!pack || this.changes.length === 0) return pack
    const changed = applyChanges(pack, this.changes)
    return changed.ok ? changed.pack : pack
  })
  readonly remarks = $derived(
    this.edited && this.base ? lintPack(this.edited, this.base as RulePack, STREET_CLASSES) : [],
  )
  /** Rules that differ from the default pack's, by id. */
  readonly differences = $derived(
    new Map(
      this.edited && this.base
        ? diffPacks(this.base as RulePack, this.edited).map((one) => [one.rule_id, one])
        : [],
    ),
  )

  /** A rule as it is being edited; null where it is to be taken out. */
  ruleOf(id: string): Rule | null {
    const edit = this.#edits.get(id)
    return edit === undefined ? (this.pack?.rules.find((rule) => rule.id === id) ?? null) : edit
  }

  isEdited(id: string): boolean {
    return this.#edits.has(id)
  }

  edit(id: string, rule: Rule | null): void {
    this.#edits = new Map([...this.#edits, [id, rule]])
  }

  /** Takes back one edit, or all of them. */
  revert(id?: string): void {
    if (id === undefined) this.#edits = new Map()
    else this.#edits = new Map([...this.#edits].filter(([edited]) => edited !== id))
  }

  open(id: string | null, version: number | null = null): void {
    route.set({ pack: id, version: version === null ? null : String(version), sel: null })
  }

  /** Reads the list and the open pack; edits stay. */
  async load(): Promise<void> {
    const asked = ++this.#asked
    const { openId, version } = this
    const query = { community: community.getSlug() }
    try {
      const [list, pack, base, history] = await Promise.all([
        call('GET /api/rule_packs', { query }),
        openId === null
          ? null
          : call('GET /api/rule_packs/:id', {
              params: { id: openId },
              query: { ...query, version },
            }),
        this.base ?? call('GET /api/rule_packs/:id', { params: { id: BASE_ID }, query }),
        openId === null
          ? null
          : call('GET /api/rule_packs/:id/versions', { params: { id: openId }, query }),
      ])
      if (asked !== this.#asked) return
      if (pack?.id !== this.pack?.id || pack?.version !== this.pack?.version) {
        this.effect = null
        if (pack?.id !== this.pack?.id) this.revert()
      }
      this.list = list
      this.pack = pack
      this.base = base
      this.versions = history?.versions ?? []
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** Asks what would become of the stored bays and zones under the pack as it is edited; the last question wins. */
  async tryOut(): Promise<void> {
    const { pack, changes } = this
    const tried = ++this.#tried
    if (!pack || !this.mayEdit) return
    try {
      const effect = await call('POST /api/rule_packs/:id/what_if', {
        params: { id: pack.id },
        query: { community: community.getSlug() },
        body: { version: pack.version, ...(changes.length > 0 && { changes }) },
      })
      if (tried === this.#tried) this.effect = effect
    } catch (error) {
      if (tried === this.#tried) this.failure = error
    }
  }

  /** Copies the open pack with its edits under a new name, and opens the copy. */
  async copy(name: { name_zh: string; name_en: string }, reason: string): Promise<boolean> {
    const { pack, changes } = this
    if (!pack) return false
    return this.#write(async (query) => {
      const own = await call('POST /api/rule_packs', {
        query,
        body: { copy_of: pack.id, version: pack.version, ...name, ...(reason && { reason }) },
      })
      if (changes.length > 0)
        await call('PATCH /api/rule_packs/:id', {
          params: { id: own.id },
          query,
          ifMatch: `"${own.version}"`,
          body: { changes, ...(reason && { reason }) },
        })
      this.revert()
      this.open(own.id)
    })
  }

  /** Saves the edits as a new version. */
  async save(reason: string): Promise<boolean> {
    const { pack, changes } = this
    if (!pack) return false
    return this.#write(async (query) => {
      await call('PATCH /api/rule_packs/:id', {
        params: { id: pack.id },
        query,
        ifMatch: `"${pack.version}"`,
        body: { changes, ...(reason && { reason }) },
      })
      this.revert()
      route.set({ version: null })
    })
  }

  /** Puts the open version in force. */
  async activate(reason: string): Promise<boolean> {
    const { pack, list } = this
    if (!pack || !list) return false
    return this.#write(async (query) => {
      await call('PUT /api/rule_packs/active', {
        query,
        ifMatch: `"${list.active.serial}"`,
        body: { id: pack.id, version: pack.version, ...(reason && { reason }) },
      })
    })
  }

  async #write(work: (query: { community: string }) => Promise<void>): Promise<boolean> {
    this.isBusy = true
    try {
      await work({ community: community.getSlug() })
      this.failure = null
      await this.load()
      return true
    } catch (error) {
      this.failure = error
      return false
    } finally {
      this.isBusy = false
    }
  }
}

export const rules = new RulesState()
