import { writeFileSync } from 'node:fs'
import path from 'node:path'
import chineseDays from 'chinese-days'
import { Temporal } from 'temporal-polyfill'

/**
 * Writes `cn.ts` anew (`npm run holidays`): run it when the State Council has announced another year, which it does in November, and the
 * package has taken it up; set `LAST_ANNOUNCED` then.
 */
const FIRST = 2020
const LAST_ANNOUNCED = 2026
const LAST_EXPECTED = 2035

const announced = years(FIRST, LAST_ANNOUNCED).map(announcedDays)
const expected = years(LAST_ANNOUNCED + 1, LAST_EXPECTED).flatMap(lawfulDays)

writeFileSync(
  path.join(import.meta.dirname, 'cn.ts'),
  `/**
 * Public holidays of China and make-up workdays 调休, as dates or ranges "first/last", both days counted. Written by
 * generate.ts, do not edit.
 * Announced years: the State Council's notices 国务院办公厅关于${FIRST}–${LAST_ANNOUNCED}年部分节假日安排的通知, as gathered by chinese-days
 * (MIT); that of 2026 stands at https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm, that of 2025 at
 * https://www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm.
 * Later years: the days that 全国年节及纪念日放假办法 (as of 2025-01-01) itself names. What will be moved around them is not
 * known before the notice.
 */
export const CN_HOLIDAYS: readonly string[] = [
${listed([...announced.flatMap(({ holidays }) => holidays), ...expected])}]

export const CN_MAKE_UP_WORKDAYS: readonly string[] = [
${listed(announced.flatMap(({ workdays }) => workdays))}]
`,
)

function announcedDays(year: number): { holidays: string[]; workdays: string[] } {
  const named = datesOf(year).filter((date) => chineseDays.getDayDetail(date).name.includes(','))
  return {
    holidays: ranges(named.filter((date) => !chineseDays.getDayDetail(date).work)),
    workdays: named.filter((date) => chineseDays.getDayDetail(date).work),
  }
}

/** New Year 1, Spring Festival 4 from its eve, Tomb-sweeping 1, Labour 2, Dragon Boat 1, Mid-autumn 1, National 3. */
function lawfulDays(year: number): string[] {
  const lunar = (monthAndDay: string) =>
    chineseDays.getSolarDateFromLunar(`${year}-${monthAndDay}`).date
  const eve = Temporal.PlainDate.from(lunar('01-01')).subtract({ days: 1 })
  const qingming = chineseDays
    .getSolarTerms(`${year}-04-03`, `${year}-04-07`)
    .find(({ term }) => term === 'pure_brightness')!
  return ranges(
    [
      `${year}-01-01`,
      ...[0, 1, 2, 3].map((days) => eve.add({ days }).toString()),
      qingming.date,
      `${year}-05-01`,
      `${year}-05-02`,
      lunar('05-05'),
      lunar('08-15'),
      ...[1, 2, 3].map((day) => `${year}-10-0${day}`),
    ].sort(),
  )
}

function years(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function datesOf(year: number): string[] {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 })
  return Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }).toString())
}

/** Sorted dates with neighbours gathered. */
function ranges(dates: readonly string[]): string[] {
  const found: { first: string; last: string }[] = []
  for (const date of dates) {
    const open = found.at(-1)
    const next = open && Temporal.PlainDate.from(open.last).add({ days: 1 }).toString()
    if (open && date === next) open.last = date
    else if (open?.last !== date) found.push({ first: date, last: date })
  }
  return found.map(({ first, last }) => (first === last ? first : `${first}/${last}`))
}

function listed(entries: readonly string[]): string {
  return entries.map((entry) => `  '${entry}',\n`).join('')
}
