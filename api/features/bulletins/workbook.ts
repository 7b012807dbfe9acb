import type { Cell, Row, Sheet } from 'write-excel-file/node'
import type { Bulletin, BulletinRow } from './contract.ts'
import { localClock } from './month.ts'
import type { Hazard } from './store.ts'

/** The bulletin and the hazard ledger as spreadsheets: real numbers, dates and shares, headings as they are printed. */

export type Lang = 'zh-CN' | 'en'

type Text = Readonly<Record<Lang, string>>
const text = (zh: string, en: string): Text => ({ 'zh-CN': zh, en })

interface Column<T> {
  heading: Text
  width: number
  cell: (row: T, lang: Lang) => Cell
}

const SHARE_FORMAT = '0.0%'
const HEADING = { fontWeight: 'bold', align: 'center', backgroundColor: '#e8eef5' } as const

// A string whatever it begins with: as such it is never taken for a formula.
const words = (value: string | null): Cell =>
  value === null ? null : { type: String, value: value.slice(0, MOST_IN_CELL) }
const number = (value: number): Cell => ({ type: Number, value })
const share = (value: number | null): Cell =>
  value === null
    ? { type: String, value: '—', align: 'right' }
    : { type: Number, value, format: SHARE_FORMAT }

/** The limit of the format itself. */
const MOST_IN_CELL = 32_767

const nameOf = (row: BulletinRow, lang: Lang): string =>
  (lang === 'en' ? (row.name_en ?? row.name_zh) : (row.name_zh ?? row.name_en)) ??
  (lang === 'en' ? 'None assigned' : '未指定')

const figureColumns = (what: Text): Column<BulletinRow>[] => [
  { heading: what, width: 26, cell: (row, lang) => words(nameOf(row, lang)) },
  {
    heading: text('派遣案件总数', 'Dispatched'),
    width: 14,
    cell: ({ dispatched }) => number(dispatched),
  },
  {
    heading: text('按时办结数', 'Closed on time'),
    width: 14,
    cell: ({ closed_on_time }) => number(closed_on_time),
  },
  {
    heading: text('超时办结数', 'Closed late'),
    width: 14,
    cell: ({ closed_late }) => number(closed_late),
  },
  { heading: text('未办结数', 'Open'), width: 12, cell: ({ open }) => number(open) },
  {
    heading: text('结案率', 'Closed share'),
    width: 12,
    cell: ({ closed_share }) => share(closed_share),
  },
  {
    heading: text('按时结案率', 'On-time share'),
    width: 14,
    cell: ({ on_time_share }) => share(on_time_share),
  },
  {
    heading: text('不满意数', 'Dissatisfied'),
    width: 12,
    cell: ({ dissatisfied }) => number(dissatisfied),
  },
  {
    heading: text('不满意率', 'Dissatisfied share'),
    width: 16,
    cell: ({ dissatisfied_share }) => share(dissatisfied_share),
  },
]

/** Two sheets, by unit and by grid, each with the total as its last line. */
export function bulletinSheets(bulletin: Bulletin, lang: Lang): Sheet<Buffer>[] {
  const total = { ...bulletin.total, name_zh: '合计', name_en: 'Total' }
  const sheet = (name: Text, what: Text, rows: readonly BulletinRow[]) =>
    sheetOf(`${name[lang]} ${bulletin.month}`, figureColumns(what), [...rows, total], lang)
  return [
    sheet(text('按单位', 'By unit'), text('责任单位', 'Unit'), bulletin.units),
    sheet(text('按网格', 'By grid'), text('网格', 'Grid'), bulletin.grids),
  ]
}

const SEVERITIES: Readonly<Record<string, Text>> = {
  low: text('一般', 'Low'),
  medium: text('较大', 'Medium'),
  high: text('重大', 'High'),
  critical: text('特别重大', 'Critical'),
}

/** 销号: whether the hazard is struck off the ledger. */
const STATES: Readonly<Record<string, Text>> = {
  open: text('未销号', 'Open'),
  on_hold: text('挂账', 'On hold'),
  closed: text('已销号', 'Closed out'),
  refused: text('不予立案', 'Not filed'),
}

/** The hazard ledger 隐患台账 on one sheet, times in the community's own clock. */
export function hazardSheets(
  hazards: readonly Hazard[],
  timeZone: string,
  lang: Lang,
): Sheet<Buffer>[] {
  const at = (value: Date | null): Cell =>
    value === null
      ? null
      : { type: Date, value: localClock(timeZone, value), format: 'yyyy-mm-dd hh:mm' }
  const either = (zh: string | null, en: string | null): Cell =>
    words(lang === 'en' ? (en ?? zh) : (zh ?? en))
  const columns: Column<Hazard>[] = [
    {
      heading: text('编号', 'Number'),
      width: 14,
      cell: ({ year, serial }) => words(`${year}-${String(serial).padStart(6, '0')}`),
    },
    {
      heading: text('隐患类别', 'Kind'),
      width: 20,
      cell: ({ kind_zh, kind_en }) => either(kind_zh, kind_en),
    },
    {
      heading: text('等级', 'Severity'),
      width: 10,
      cell: ({ severity }) =>
        words(severity === null ? null : (SEVERITIES[severity]?.[lang] ?? severity)),
    },
    {
      heading: text('位置', 'Place'),
      width: 26,
      cell: ({ place_zh, place_en }) => either(place_zh, place_en),
    },
    {
      heading: text('网格', 'Grid'),
      width: 14,
      cell: ({ grid_zh, grid_en }) => either(grid_zh, grid_en),
    },
    { heading: text('发现时间', 'Found'), width: 18, cell: ({ found_at }) => at(found_at) },
    {
      heading: text('责任单位', 'Unit'),
      width: 22,
      cell: ({ unit_zh, unit_en }) => either(unit_zh, unit_en),
    },
    { heading: text('整改期限', 'Due'), width: 18, cell: ({ due_at }) => at(due_at) },
    { heading: text('整改措施', 'Measure'), width: 40, cell: ({ measure }) => words(measure) },
    { heading: text('整改时间', 'Put right'), width: 18, cell: ({ handled_at }) => at(handled_at) },
    {
      heading: text('销号情况', 'State'),
      width: 12,
      cell: ({ status }) => words(STATES[status]?.[lang] ?? status),
    },
    {
      heading: text('销号时间', 'Closed out'),
      width: 18,
      cell: ({ status, closed_at }) => at(status === 'closed' ? closed_at : null),
    },
    {
      heading: text('回头看日期', 'Next re-visit'),
      width: 14,
      cell: ({ next_revisit }) => words(next_revisit),
    },
  ]
  return [sheetOf(text('隐患台账', 'Hazard ledger')[lang], columns, hazards, lang)]
}

/** A sheet whose first row, the headings, stays in sight. */
function sheetOf<T>(
  sheet: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  lang: Lang,
): Sheet<Buffer> {
  const headings: Row = columns.map(({ heading }) => ({
    type: String,
    value: heading[lang],
    ...HEADING,
  }))
  return {
    sheet,
    data: [headings, ...rows.map((row): Row => columns.map(({ cell }) => cell(row, lang)))],
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
  }
}

/** The bytes of the file. */
export async function workbook(sheets: Sheet<Buffer>[]): Promise<Buffer> {
  // Needed a few times a month: no start waits for it.
  const { default: writeExcel } = await import('write-excel-file/node')
  return writeExcel(sheets as never).toBuffer()
}
