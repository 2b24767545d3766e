import { closeSync, openSync, writeSync } from 'node:fs';

const width = 640;
const height = 360;
const frames = 30;
/** Luma and chroma (Y, Cb, Cr) of what is drawn. */
const wall = [92, 138, 104] as const;
const skin = [186, 112, 146] as const;
const coat = [52, 146, 96] as const;

/**
 * Writes a picture for the tour that is kinder to the eye than the browser's test pattern, and small as a picture: somebody who nods, as YUV4MPEG2, which Chromium takes as its
 * camera.
 *
 * @returns `file`.
 */
export function drawFace(file: string): string {
  const output = openSync(file, 'w');
  writeSync(output, `YUV4MPEG2 W${width} H${height} F15:1 Ip A1:1 C420jpeg\n`);
  for (let frame = 0; frame < frames; frame += 1) {
    writeSync(output, 'FRAME\n');
    const nod = 6 * Math.sin((2 * Math.PI * frame) / frames);
    for (const [plane, scale] of [[0, 1], [1, 2], [2, 2]] as const) writeSync(output, drawPlane(plane, scale, nod));
  }
  closeSync(output);
  return file;
}

/** A plane of a frame; those of chroma have half the size. */
function drawPlane(plane: 0 | 1 | 2, scale: 1 | 2, nod: number): Uint8Array {
  const [columns, rows] = [width / scale, height / scale];
  const samples = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) samples[row * columns + column] = partAt(column * scale, row * scale, nod)[plane];
  }
  return samples;
}

function partAt(x: number, y: number, nod: number): typeof wall | typeof skin | typeof coat {
  const across = x - width / 2;
  if ((across / 62) ** 2 + ((y - 150 - nod) / 78) ** 2 < 1) return skin;
  return (across / 150) ** 2 + ((y - height - 20) / 140) ** 2 < 1 ? coat : wall;
}
