import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { burstMs, counterBits, framesPerLoop, grayCode, neutralColour, people, stripShare, type Person } from './test-signal.ts';

const sampleRate = 48_000;
const width = 320;
const height = 240;
const framesPerSecond = 15;
const stripTop = height * (1 - stripShare);

/** Files that Chromium plays in a loop as microphone and camera. */
export interface FakeDevices {
  readonly audioFile: string;
  readonly videoFile: string;
}

/**
 * Writes the microphone (WAV) and camera (YUV4MPEG2) of a person into `folder`. The tone comes in bursts, or without a pause
 * for measurements that wait for its first sample.
 */
export async function writeFakeDevices(person: Person, tone: 'bursts' | 'steady', folder: string): Promise<FakeDevices> {
  await mkdir(folder, { recursive: true });
  const audioFile = join(folder, `${person}.wav`);
  const videoFile = join(folder, `${person}.y4m`);
  await writeFile(audioFile, encodeWav(drawTone(people[person].toneHz, tone, 10)));
  const video = await open(videoFile, 'w');
  try {
    await video.write(`YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`);
    // Of all frames but the strip is the same.
    const picture = new Uint8Array((width * height * 3) / 2);
    draw(picture, 0, stripTop, (x, y) => quarterColour(people[person].colour, x, y));
    for (let frame = 0; frame < framesPerLoop; frame += 1) {
      draw(picture, stripTop, height, (x) => stripColour(frame, x));
      await video.write('FRAME\n');
      await video.write(picture);
    }
  } finally {
    await video.close();
  }
  return { audioFile, videoFile };
}

/** Writes a person's tone without a pause, for a telephone that plays a file. */
export async function writeSteadyTone(person: Person, file: string, seconds: number): Promise<void> {
  await writeFile(file, encodeWav(drawTone(people[person].toneHz, 'steady', seconds)));
}

/** Bursts have soft edges (5 ms), so that their start makes no click in other frequencies. */
function drawTone(toneHz: number, tone: 'bursts' | 'steady', seconds: number): Float32Array {
  const burst = (sampleRate * burstMs) / 1000;
  const edge = sampleRate * 0.005;
  return new Float32Array(sampleRate * seconds).map((_, index) => {
    const within = index % (2 * burst);
    const envelope = tone === 'steady' ? 1 : Math.max(0, Math.min(1, within / edge, (burst - within) / edge));
    return 0.5 * envelope * Math.sin((2 * Math.PI * toneHz * index) / sampleRate);
  });
}

/** RIFF WAVE, one channel of 16-bit PCM, 48,000 samples per second. */
export function encodeWav(samples: Float32Array): Uint8Array {
  const data = samples.length * 2;
  const wav = new DataView(new ArrayBuffer(44 + data));
  const text = (at: number, value: string): void => [...value].forEach((letter, index) => wav.setUint8(at + index, letter.charCodeAt(0)));
  text(0, 'RIFF');
  wav.setUint32(4, 36 + data, true);
  text(8, 'WAVEfmt ');
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, sampleRate, true);
  wav.setUint32(28, sampleRate * 2, true);
  wav.setUint16(32, 2, true);
  wav.setUint16(34, 16, true);
  text(36, 'data');
  wav.setUint32(40, data, true);
  samples.forEach((sample, index) => wav.setInt16(44 + index * 2, Math.round(sample * 32_767), true));
  return new Uint8Array(wav.buffer);
}

type Colour = readonly [number, number, number];

/** Draws rows of a picture in planar YUV 4:2:0, full range (BT.601). */
function draw(picture: Uint8Array, fromRow: number, toRow: number, colourAt: (x: number, y: number) => Colour): void {
  const chroma = width * height;
  const quarter = chroma / 4;
  for (let y = fromRow; y < toRow; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [luma, blue, red] = toYuv(colourAt(x, y));
      picture[y * width + x] = luma;
      if (x % 2 === 1 || y % 2 === 1) continue;
      const at = (y / 2) * (width / 2) + x / 2;
      picture[chroma + at] = blue;
      picture[chroma + quarter + at] = red;
    }
  }
}

function quarterColour(colour: Colour, x: number, y: number): Colour {
  return x < width / 2 === y < stripTop / 2 ? colour : neutralColour;
}

function stripColour(frame: number, x: number): Colour {
  const bit = Math.floor((x / width) * counterBits);
  return (grayCode(frame) >> bit) & 1 ? [255, 255, 255] : [0, 0, 0];
}

function toYuv([red, green, blue]: Colour): Colour {
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  return [Math.round(luma), Math.round(128 + 0.564 * (blue - luma)), Math.round(128 + 0.713 * (red - luma))];
}
