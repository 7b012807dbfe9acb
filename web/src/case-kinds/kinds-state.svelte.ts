import { SvelteMap } from 'svelte/reactivity'
import type { Static } from 'typebox'
import type { CaseKind, KindImportReport } from '../../../api/features/case-kinds/contract.ts'
import type { UnitList } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import {
  changesOf,
  clashesOf,
  type KindValues,
  newKind,
  rebased,
  treeOf,
  valuesOf,
} from './kind-draft.ts'

/** In the address instead of an id: a kind that is not there yet. */
export const NEW = 'new'

/** What somebody is writing about a kind, and what it was when they began. */
interface Draft {
  base: KindValues
  version: number
  values: KindValues
  /** Members that somebody else changed at the same time, and differently. */
  clashes: readonly (keyof KindValues)[]
  isRebased: boolean
}

/** The kinds of cases of a community, and what of them is being changed: each unsaved one stays until it is saved. */
class KindsState {
  kinds = $state.raw<readonly CaseKind[] | null>(null)
  units = $state.raw<Static<typeof UnitList>['units']>([])
  failure = $state.raw<unknown>(null)
  refusal = $state.raw<unknown>(null)
  isSaving = $state(false)
  report = $state.raw<Static<typeof KindImportReport> | null>(null)
  isImporting = $state(false)
  importFailure = $state.raw<unknown>(null)
  readonly #drafts = new SvelteMap<string, Draft>()
  readonly tree = $derived(treeOf(this.kinds ?? []))
  readonly openId = $derived(route.get('kind'))
  readonly open = $derived(this.kinds?.find(({ id }) => id === this.openId) ?? null)
  readonly draft = $derived(this.openId === null ? null : (this.#drafts.get(this.openId) ?? null))
  /** What the form shows: what is being written, or the kind as it is. */
  readonly values = $derived<KindValues | null>(
    this.draft?.values ??
      (this.openId === NEW ? newKind(route.get('under')) : this.open && valuesOf(this.open)),
  )
  readonly isDirty = $derived(this.#drafts.size > 0)

  hasDraft(id: string): boolean {
    return this.#drafts.has(id)
  }

  async load(): Promise<void> {
    const query = { community: community.getSlug() }
    try {
      const [{ case_kinds }, { units }] = await Promise.all([
        call('GET /api/case_kinds', { query }),
        call('GET /api/units', { query }),
      ])
      this.kinds = case_kinds
      this.units = units
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  choose(id: string | null, under: string | null = null): void {
    this.refusal = null
    route.set({ kind: id, under })
  }

  /** Changes members of what is being written; what is as it was again is no draft. */
  change(members: Partial<KindValues>): void {
    const { openId, values } = this
    if (openId === null || !values) return
    const before = this.#drafts.get(openId)
    const base = before?.base ?? values
    const next = { ...values, ...members }
    if (changesOf(base, next) === null) this.#drafts.delete(openId)
    else
      this.#drafts.set(openId, {
        base,
        version: before?.version ?? this.open?.version ?? 0,
        values: next,
        clashes: before?.clashes ?? [],
        isRebased: before?.isRebased ?? false,
      })
  }

  discard(): void {
    this.refusal = null
    if (this.openId !== null) this.#drafts.delete(this.openId)
  }

  /** Saves what is being written. True when the server has it. */
  async save(): Promise<boolean> {
    const { openId: id, draft } = this
    if (id === null || !draft || this.isSaving) return false
    this.isSaving = true
    this.refusal = null
    const query = { community: community.getSlug() }
    try {
      const saved =
        id === NEW
          ? await call('POST /api/case_kinds', { query, body: draft.values })
          : await call('PATCH /api/case_kinds/:id', {
              query,
              params: { id },
              ifMatch: `"${draft.version}"`,
              body: changesOf(draft.base, draft.values)!,
            })
      this.#drafts.delete(id)
      await this.load()
      if (this.openId === id) this.choose(saved.id)
      return true
    } catch (error) {
      this.refusal = error
      if (error instanceof ApiFailure && error.status === 412) await this.#rebase(id)
      return false
    } finally {
      this.isSaving = false
    }
  }

  /** Takes in a list of codes, JSON or CSV by its name. */
  async import(file: File): Promise<void> {
    this.isImporting = true
    this.report = null
    this.importFailure = null
    const type = /\.json$/i.test(file.name) ? 'application/json' : 'text/csv'
    try {
      this.report = await call('POST /api/case_kinds/import', {
        query: { community: community.getSlug() },
        body: new Blob([await file.text()], { type }),
      })
      await this.load()
    } catch (error) {
      this.importFailure = error
    } finally {
      this.isImporting = false
    }
  }

  /** Somebody was faster: what is written here is laid upon what they wrote, and says where both touched the same. */
  async #rebase(id: string): Promise<void> {
    await this.load()
    const draft = this.#drafts.get(id)
    const kind = this.kinds?.find((one) => one.id === id)
    if (!draft || !kind) return
    const fresh = valuesOf(kind)
    const values = rebased(draft.base, draft.values, fresh)
    if (changesOf(fresh, values) === null) {
      this.#drafts.delete(id)
      return
    }
    this.#drafts.set(id, {
      base: fresh,
      version: kind.version,
      values,
      clashes: clashesOf(draft.base, draft.values, fresh),
      isRebased: true,
    })
  }
}

export const caseKinds = new KindsState()
