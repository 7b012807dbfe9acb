import { writeFileSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'

/** Draws the pictures that stand in for photos of the sample: no camera saw any of it, and nobody is in them. */

const WIDTH = 960
const HEIGHT = 720

const box = (x: number, y: number, w: number, h: number, fill: string, more = '') =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" ${more}/>`

const windows = (x: number, fill: string) =>
  [0, 1, 2]
    .flatMap((row) => [0, 1].map((column) => box(x + column * 95, 60 + row * 105, 58, 70, fill)))
    .join('')

/** A lane between two houses, with the red lines that keep it free. */
const LANE = `
  ${box(0, 0, WIDTH, HEIGHT, '#cfe3f1')}
  <polygon points="0,0 270,0 330,400 0,640" fill="#d9b48f"/>
  <polygon points="960,0 690,0 630,400 960,640" fill="#c79c76"/>
  ${windows(40, '#6f8797')}${windows(740, '#667e8e')}
  <polygon points="330,400 630,400 960,640 960,720 0,720 0,640" fill="#8d8f92"/>
  <polygon points="352,410 366,410 130,720 96,720" fill="#c8352b"/>
  <polygon points="608,410 594,410 830,720 864,720" fill="#c8352b"/>
  <g stroke="#c8352b" stroke-width="9">
    <path d="M330 470 L620 500 M290 530 L690 575 M240 600 L750 655" fill="none" opacity="0.55"/>
  </g>`

const CARTONS = `
  <g stroke="#7d5a34" stroke-width="4">
    ${box(345, 470, 150, 120, '#c99a61')}${box(480, 510, 170, 140, '#d8ab72')}
    ${box(390, 395, 110, 82, '#b98b55')}${box(300, 560, 130, 100, '#cfa169')}
    <path d="M345 530 H495 M480 580 H650 M390 436 H500 M300 610 H430" fill="none"/>
  </g>
  <g fill="none" stroke="#2f3b46" stroke-width="11">
    <circle cx="600" cy="640" r="46"/><circle cx="745" cy="655" r="46"/>
    <path d="M600 640 L650 560 L745 655 M650 560 L700 560 M640 540 L672 540"/>
  </g>`

/** A kerb with one marked place, seen from across the street. */
const STREET = `
  ${box(0, 0, WIDTH, 330, '#d3e6d0')}
  ${box(0, 120, WIDTH, 150, '#b9835f')}
  ${[40, 230, 420, 610, 800].map((x) => box(x, 150, 110, 120, '#f0e0c3')).join('')}
  ${box(0, 270, WIDTH, 110, '#c9c4ba')}
  ${box(0, 380, WIDTH, 16, '#8b867c')}
  ${box(0, 396, WIDTH, 324, '#7b7f84')}
  <g stroke="#f4f4ef" stroke-width="9" fill="none"><path d="M150 400 V600 H810 V400"/></g>`

const CAR = `
  <ellipse cx="480" cy="585" rx="300" ry="24" fill="#4f5357"/>
  <path d="M205 545 Q205 470 300 458 L370 390 Q385 374 410 374 H570 Q595 374 612 392 L680 455
    Q762 466 765 545 Z" fill="#8a8577" stroke="#5d594e" stroke-width="6"/>
  <path d="M345 455 L392 402 H478 V455 Z M498 402 H566 L618 455 H498 Z" fill="#a9aaa3"/>
  <g fill="#37393b"><ellipse cx="320" cy="553" rx="56" ry="44"/><ellipse cx="652" cy="553" rx="56" ry="44"/></g>
  <g fill="#8f9194"><circle cx="320" cy="551" r="22"/><circle cx="652" cy="551" r="22"/></g>
  <g fill="#d8d2be" opacity="0.55">
    <circle cx="420" cy="480" r="7"/><circle cx="540" cy="495" r="9"/><circle cx="600" cy="470" r="6"/>
    <circle cx="290" cy="500" r="8"/><circle cx="470" cy="520" r="6"/><circle cx="700" cy="500" r="7"/>
  </g>`

const NOTICE = `
  <g transform="rotate(-4 436 425)">
    ${box(402, 400, 68, 54, '#fffdf2', 'stroke="#b03a2e" stroke-width="4"')}
    <path d="M412 414 H460 M412 426 H460 M412 438 H444" stroke="#6b6b6b" stroke-width="4"/>
  </g>`

const PICTURES: Readonly<Record<string, string>> = {
  'fire-lane-before': LANE + CARTONS,
  'fire-lane-after': LANE,
  'vehicle-before': STREET + CAR,
  'vehicle-notice': STREET + CAR + NOTICE,
  'vehicle-after': STREET,
}

for (const [name, drawing] of Object.entries(PICTURES)) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${drawing}</svg>`
  for (const [suffix, width] of [
    ['', WIDTH],
    ['-thumb', 320],
  ] as const)
    writeFileSync(
      path.join(import.meta.dirname, `${name}${suffix}.jpg`),
      await sharp(Buffer.from(svg)).resize(width).jpeg({ quality: 78, mozjpeg: true }).toBuffer(),
    )
}
