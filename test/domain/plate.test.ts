import fc from 'fast-check'
import t from 'tap'
import { isPlate, maskPlate, normalisePlate } from '../../api/domain/plate.ts'

t.test('one plate however it is typed', async (t) => {
  for (const text of [
    '藏A12345',
    '藏a12345',
    ' 藏A·12345 ',
    '藏Ａ１２３４５',
    '藏A 123-45',
    '藏A•12345',
    '藏A.I2345',
  ])
    t.equal(normalisePlate(text), '藏A12345', text)
  t.equal(normalisePlate('藏AO2O45'), '藏A02045', 'the standard has no O, so a zero was meant')
  t.equal(normalisePlate('川ad12345'), '川AD12345', 'new energy')
  t.equal(normalisePlate('io100234'), 'IO100234', 'an e-bike may have any letter')
})

t.test('plates of cars and of e-bikes are plates', async (t) => {
  for (const plate of [
    '藏A12345',
    '藏AD12345', // new energy, small
    '藏A12345F', // new energy, large
    '京A1234挂',
    '粤Z1234港',
    '京A1234学',
    'LS123456',
    '拉萨123456',
    '1234',
    '0123456789',
  ])
    t.ok(isPlate(plate), plate)
})

t.test('what is too short, too long or no plate is none', async (t) => {
  for (const text of [
    '',
    '藏',
    '123',
    '01234567890',
    '藏A12',
    '藏A1234567890',
    '没有车牌',
    'A!2345',
    '藏A12<45',
    '😀12345',
  ])
    t.notOk(isPlate(normalisePlate(text)), text)
})

t.test('of a plate only where it is from and its last two places show', async (t) => {
  t.equal(maskPlate('藏A12345'), '藏A·***45')
  t.equal(maskPlate('藏AD12345'), '藏A·***45')
  t.equal(maskPlate('拉萨123456'), '拉萨***56')
  t.equal(maskPlate('LS123456'), '***56')
})

const text = fc.string({
  unit: fc.constantFrom(...'藏京拉萨AOIZ019ａｏ１· .-—aoi挂'),
  maxLength: 12,
})

t.test(
  'normalising twice is normalising once, and a mask never shows more than four places',
  async (t) => {
    fc.assert(
      fc.property(text, (typed) => {
        const plate = normalisePlate(typed)
        if (normalisePlate(plate) !== plate) throw new Error(`${typed}: ${plate} changes again`)
        if (!isPlate(plate)) return
        const shown = maskPlate(plate).replace(/[·*]/g, '')
        if (shown.length > 4 || shown.length >= plate.length) throw new Error(`${plate}: ${shown}`)
      }),
      { numRuns: 2000 },
    )
    t.pass('2,000 texts')
  },
)
