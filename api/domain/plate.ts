/**
 * Number plates as people write them. GA 36: a province's character, a letter and five places, six for new energy;
 * the letters I and O are not used. Plates of e-bikes differ from city to city: letters and digits, some with a
 * character in front.
 */

const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使'
const CAR = new RegExp(`^[${PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领]$`)
const OTHER = /^[\u4e00-\u9fff]{0,2}[A-Z0-9]{4,10}$/

/** Full-width and lower-case letters, spaces, dots and dashes are the same plate; so are O and 0, I and 1 on a car's. */
export function normalisePlate(text: string): string {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s·•・.．\-－—_]/g, '')
  if (!PROVINCES.includes(plain[0] ?? ' ')) return plain
  return plain.slice(0, 2) + plain.slice(2).replaceAll('O', '0').replaceAll('I', '1')
}

/** Whether a normalised plate is one: of a car, or of an e-bike. */
export const isPlate = (plate: string): boolean => CAR.test(plate) || OTHER.test(plate)

/** What may be shown: where it is from and its last two places, as in 藏A·***45. */
export function maskPlate(plate: string): string {
  if (CAR.test(plate)) return `${plate.slice(0, 2)}·***${plate.slice(-2)}`
  const front = /^[\u4e00-\u9fff]*/.exec(plate)![0]
  return `${front}***${plate.slice(-2)}`
}
