import type { CaseAction, CaseRole } from '../../domain/case-flow.ts'

/** What happens to a case of the sample, as moves with the time between them. */

/** Time since the move before: minutes of working time, or of the wall clock. */
type Gap = { work: number } | { clock: number }

export interface Beat {
  action: CaseAction
  role: CaseRole
  gap: Gap
  /** For a unit's moves, and for `recall`: the one that leads, the one beside it, or the one sent first by mistake. */
  unit?: 'lead' | 'co' | 'wrong'
  /** For `dispatch`: who is sent. */
  units?: readonly ('lead' | 'co' | 'wrong')[]
  reason?: string
  result?: string
  outcome?: 'persuaded' | 'tip_card'
  satisfaction?: number
  photo?: 'evidence' | 'after' | 'notice'
  /** For `revisit`: days until it is due; with `holds` or `recurred` the re-visit that was due is done. */
  due_days?: number
  found?: 'holds' | 'recurred'
}

export interface Story {
  beats: readonly Beat[]
  /**
   * For a case that waits for somebody now: which move its running clock began with, and how much of that clock is used
   * up, 0 to 1; above 1 it is overdue.
   */
  now?: { beat: number; used: number }
}

const DAY = 1440
const work = (minutes: number): Gap => ({ work: Math.round(minutes) })
const clock = (minutes: number): Gap => ({ clock: Math.round(minutes) })

const reported: Beat = { action: 'report', role: 'inspector', gap: clock(0), photo: 'evidence' }
const filed = (minutes: number): Beat => ({ action: 'file', role: 'leader', gap: work(minutes) })
const sent = (minutes: number, units: readonly ('lead' | 'co' | 'wrong')[] = ['lead']): Beat => ({
  action: 'dispatch',
  role: 'leader',
  gap: work(minutes),
  units,
})
const ofUnit = (action: CaseAction, gap: Gap, unit: 'lead' | 'co' | 'wrong' = 'lead'): Beat => ({
  action,
  role: 'unit',
  gap,
  unit,
})
const done = (gap: Gap, unit: 'lead' | 'co' = 'lead'): Beat => ({
  ...ofUnit('report_result', gap, unit),
  result: unit === 'lead' ? '已到场处理,现场恢复整洁(示例)' : '已配合处理完毕(示例)',
  ...(unit === 'lead' && { photo: 'after' as const }),
})
const verified: Beat = { action: 'verify', role: 'leader', gap: work(90) }

/** How a random number in [0, 1) becomes minutes between two bounds. */
const between = (least: number, most: number, random: () => number) =>
  least + (most - least) * random()

type Maker = (random: () => number, handleMinutes: number) => Story

/** Reported, filed, sent and worked on: `share` of the handling limit is taken. */
function worked(random: () => number, handleMinutes: number, share: number): Beat[] {
  return [
    reported,
    filed(between(8, 45, random)),
    sent(between(5, 40, random)),
    ofUnit('accept', work(between(2, 8, random))),
    ofUnit('arrive', work(between(5, 9, random))),
    done(work(Math.max(handleMinutes * share - 15, 3))),
  ]
}

const rated = (random: () => number): Beat => ({
  action: 'rate',
  role: 'resident',
  gap: clock(between(0.2 * DAY, 1.5 * DAY, random)),
  satisfaction: [5, 4, 5, 5, 3, 4, 5, 4, 2, 5, 4, 5][Math.floor(random() * 12)]!,
})

const waiting = (beats: Beat[], beat: number, used: number): Story => ({
  beats,
  now: { beat, used },
})

/** Every story by its name; the first group is over, the second waits for somebody at this moment. */
export const STORIES = {
  persuaded: (random) => ({
    beats: [
      reported,
      {
        action: 'persuade',
        role: 'inspector',
        gap: clock(between(1, 9, random)),
        outcome: random() < 0.7 ? 'persuaded' : 'tip_card',
      },
    ],
  }),
  closed: (random, limit) => ({
    beats: [...worked(random, limit, between(0.2, 0.85, random)), verified],
  }),
  late: (random, limit) => ({
    beats: [...worked(random, limit, between(1.2, 2.4, random)), verified],
  }),
  rated: (random, limit) => ({
    beats: [...worked(random, limit, between(0.2, 0.85, random)), verified, rated(random)],
  }),
  late_rated: (random, limit) => ({
    beats: [...worked(random, limit, between(1.2, 2, random)), verified, rated(random)],
  }),
  joint: (random, limit) => ({
    beats: [
      reported,
      filed(between(8, 30, random)),
      sent(between(5, 20, random), ['lead', 'co']),
      ofUnit('accept', work(3)),
      ofUnit('accept', work(2), 'co'),
      ofUnit('arrive', work(5)),
      ofUnit('arrive', work(4), 'co'),
      done(work(Math.max(limit * between(0.2, 0.5, random) - 10, 3))),
      done(work(4), 'co'),
      verified,
    ],
  }),
  revisited: (random, limit) => ({
    beats: [
      ...worked(random, limit, between(0.3, 0.8, random)),
      verified,
      { action: 'revisit', role: 'leader', gap: clock(5), due_days: 7 },
      { action: 'revisit', role: 'leader', gap: clock(7 * DAY), found: 'holds' },
    ],
  }),
  revisit_due: (random, limit) => ({
    beats: [
      ...worked(random, limit, between(0.3, 0.8, random)),
      verified,
      { action: 'revisit', role: 'leader', gap: clock(5), due_days: 7 },
    ],
  }),
  recurred: (random, limit) => ({
    beats: [
      ...worked(random, limit, 0.6),
      verified,
      { action: 'revisit', role: 'leader', gap: clock(5), due_days: 3 },
      { action: 'revisit', role: 'leader', gap: clock(3 * DAY), found: 'recurred' },
      { action: 'reopen', role: 'leader', gap: clock(4), reason: '回头看发现反弹(示例)' },
      done(work(90)),
      verified,
    ],
  }),
  sent_back: (random, limit) => ({
    beats: [
      ...worked(random, limit, 0.4),
      { action: 'send_back', role: 'leader', gap: work(40), reason: '照片看不出已清理(示例)' },
      done(work(between(20, 60, random))),
      verified,
    ],
  }),
  put_right: (random) => ({
    beats: [
      reported,
      filed(between(8, 30, random)),
      {
        action: 'put_right',
        role: 'merchant',
        gap: work(between(20, 50, random)),
        result: '已按要求清理门前(示例)',
      },
      verified,
    ],
  }),
  handed_over: (random, limit) => ({
    beats: [
      reported,
      filed(20),
      sent(10, ['wrong']),
      {
        ...ofUnit('ask_hand_over', work(12), 'wrong'),
        reason: '不属本单位职责(示例)',
      },
      { action: 'recall', role: 'leader', gap: work(9), unit: 'wrong', reason: '改派(示例)' },
      sent(2),
      ofUnit('accept', work(4)),
      done(work(Math.max(limit * between(0.3, 0.7, random), 5))),
      verified,
    ],
  }),
  held: (random, limit) => ({
    beats: [
      reported,
      filed(15),
      sent(20),
      ofUnit('accept', work(5)),
      { action: 'hold', role: 'leader', gap: work(10), reason: '等待产权单位确认(示例)' },
      { action: 'resume', role: 'leader', gap: clock(2 * DAY) },
      done(work(Math.max(limit * 0.4, 5))),
      verified,
      rated(random),
    ],
  }),
  refused: (random) => ({
    beats: [
      reported,
      {
        action: 'refuse',
        role: 'leader',
        gap: work(between(15, 50, random)),
        reason: '到场时已无此情况(示例)',
      },
    ],
  }),
  merged: (random) => ({
    beats: [reported, { action: 'merge', role: 'leader', gap: work(between(4, 30, random)) }],
  }),
  vehicle_removed: () => ({
    beats: [
      reported,
      filed(20),
      { action: 'post_notice', role: 'leader', gap: work(15), photo: 'notice' },
      { ...sent(0, ['lead', 'co']), gap: clock(7 * DAY + 30) },
      ofUnit('accept', work(30)),
      ofUnit('accept', work(10), 'co'),
      done(work(300)),
      done(work(30), 'co'),
      verified,
    ],
  }),

  in_collection: (random) => waiting([reported], 0, between(0.1, 0.8, random)),
  in_filing: (random) => waiting([reported, filed(20)], 1, between(0.1, 0.7, random)),
  in_notice: () => ({
    beats: [
      reported,
      filed(20),
      { action: 'post_notice', role: 'leader', gap: work(15), photo: 'notice' },
    ],
    now: { beat: 2, used: 0.4 },
  }),
  in_dispatch: (random) => waiting([reported, filed(15), sent(12)], 2, between(0.05, 0.4, random)),
  in_handling: (random) =>
    waiting(
      [reported, filed(15), sent(20), ofUnit('accept', clock(6)), ofUnit('arrive', clock(10))],
      2,
      between(0.25, 0.75, random),
    ),
  in_joint: () =>
    waiting(
      [
        reported,
        filed(10),
        sent(8, ['lead', 'co']),
        ofUnit('accept', clock(3)),
        ofUnit('arrive', clock(4)),
        ofUnit('accept', clock(3), 'co'),
        ofUnit('arrive', clock(4), 'co'),
        done(clock(5)),
      ],
      2,
      0.7,
    ),
  in_feedback: (random, limit) => {
    const beats = worked(random, limit, between(0.2, 0.8, random))
    return waiting(beats, beats.length - 1, between(0.1, 0.7, random))
  },
  on_hold: () =>
    waiting(
      [
        reported,
        filed(20),
        sent(15),
        ofUnit('accept', clock(8)),
        { action: 'hold', role: 'leader', gap: clock(12), reason: '等待产权单位确认(示例)' },
      ],
      2,
      0.6,
    ),
  whistle_not_arrived: () =>
    waiting([reported, filed(8), sent(6), ofUnit('accept', clock(4))], 2, 1.75),
  whistle_not_handled: () =>
    waiting(
      [reported, filed(15), sent(20), ofUnit('accept', clock(9)), ofUnit('arrive', clock(14))],
      2,
      1.5,
    ),
} as const satisfies Record<string, Maker>

export type StoryName = keyof typeof STORIES
