import type { PatrolView } from '../../../api/features/patrols/contract.ts'

export type Frequency = PatrolView['frequency']

/** 每日巡查, 每周排查, 每月整治: from the round that looks least closely to the one that looks most closely. */
export const FREQUENCIES = ['daily', 'weekly', 'monthly'] as const satisfies readonly Frequency[]
