/** The monthly bulletin 月度通报: what became of the cases dispatched in a month. Shares are 0 to 1. */

/** A dispatched case as it stands now. Whose it is: the lead unit's and the grid's, null where it has none. */
export interface DispatchedCase {
  unit_id: string | null
  grid_id: string | null
  is_closed: boolean
  /** Null where the kind of case has no limit, which nobody can exceed. */
  is_on_time: boolean | null
  /** 1 to 5, null where nobody rated. */
  satisfaction: number | null
}

/** The printed columns: 派遣案件总数 按时办结数 超时办结数 未办结数 结案率 按时结案率 不满意数 不满意率. */
export interface BulletinFigures {
  dispatched: number
  closed_on_time: number
  closed_late: number
  open: number
  /** Of the dispatched. */
  closed_share: number | null
  /** Of the dispatched too: what is still open is not on time. */
  on_time_share: number | null
  dissatisfied: number
  /** Of the closed, so that every share can be checked from the columns beside it. */
  dissatisfied_share: number | null
}

/** 1 and 2 of 5 are "not satisfied". */
const DISSATISFIED_UP_TO = 2

/** The figures of one line; a share of nothing is null. */
export function bulletinFigures(cases: readonly DispatchedCase[]): BulletinFigures {
  const closed = cases.filter((one) => one.is_closed)
  const late = closed.filter((one) => one.is_on_time === false).length
  const onTime = closed.length - late
  // A rating outlives a reopening, and what is open again is no closed case that somebody is content with or not.
  const dissatisfied = closed.filter(
    (one) => one.satisfaction !== null && one.satisfaction <= DISSATISFIED_UP_TO,
  ).length
  return {
    dispatched: cases.length,
    closed_on_time: onTime,
    closed_late: late,
    open: cases.length - closed.length,
    closed_share: shareOf(closed.length, cases.length),
    on_time_share: shareOf(onTime, cases.length),
    dissatisfied,
    dissatisfied_share: shareOf(dissatisfied, closed.length),
  }
}

/** One line for each unit, or grid, that had a case, in the order of first appearance; null gathers those without. */
export function bulletinLines(
  cases: readonly DispatchedCase[],
  by: 'unit_id' | 'grid_id',
): Map<string | null, BulletinFigures> {
  const groups = new Map<string | null, DispatchedCase[]>()
  for (const one of cases) {
    const group = groups.get(one[by])
    if (group) group.push(one)
    else groups.set(one[by], [one])
  }
  return new Map([...groups].map(([id, ofGroup]) => [id, bulletinFigures(ofGroup)]))
}

const shareOf = (part: number, whole: number): number | null => (whole ? part / whole : null)
