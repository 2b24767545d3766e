import { counterBits, everybody, neutralColour, people, stripShare, type Person } from '../src/test-signal.ts';

/** What one decoded frame shows. */
export interface PictureReading {
  /** Whose colours are in both quarters they belong to, with the neutral ones beside them; `null` for black or anything else. */
  readonly person: Person | null;
  /** The Gray-coded cells of the strip as a number. It changes from frame to frame while the picture is alive. */
  readonly counter: number;
  readonly width: number;
  readonly height: number;
}

type Colour = readonly [number, number, number];

/** Reads the frames that a video element shows. */
export class PictureReader {
  readonly #video: HTMLVideoElement;
  readonly #canvas = new OffscreenCanvas(1, 1);

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Resolves with the next frame; waits for as long as none arrives. */
  read(): Promise<PictureReading> {
    return new Promise((resolve) => this.#video.requestVideoFrameCallback(() => resolve(this.#look())));
  }

  /**
   * Resolves when `person` was seen in three frames that differ: a living picture, not a still. `null` waits for a frame that
   * shows nobody. Never rejects.
   */
  async sees(person: Person | null): Promise<void> {
    const counters = new Set<number>();
    for (;;) {
      const reading = await this.read();
      if (reading.person !== person) counters.clear();
      else if (counters.add(reading.counter).size >= (person === null ? 1 : 3)) return;
    }
  }

  #look(): PictureReading {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (width === 0) return { person: null, counter: 0, width, height };
    this.#canvas.width = width;
    this.#canvas.height = height;
    const drawing = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (drawing === null) throw new Error('this browser gives no canvas to draw on');
    drawing.drawImage(this.#video, 0, 0);
    const at = (x: number, y: number): Colour => {
      const [red = 0, green = 0, blue = 0] = drawing.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data;
      return [red, green, blue];
    };
    return { person: whoIn(at), counter: counterIn(at), width, height };
  }
}

function whoIn(at: (x: number, y: number) => Colour): Person | null {
  const upper = (1 - stripShare) / 4;
  const lower = ((1 - stripShare) * 3) / 4;
  const owner = everybody.find((person) => isNear(at(0.25, upper), people[person].colour) && isNear(at(0.75, lower), people[person].colour));
  const neutral = isNear(at(0.75, upper), neutralColour) && isNear(at(0.25, lower), neutralColour);
  return neutral ? (owner ?? null) : null;
}

function counterIn(at: (x: number, y: number) => Colour): number {
  const middle = 1 - stripShare / 2;
  return Array.from({ length: counterBits }, (_, bit) => (at((bit + 0.5) / counterBits, middle)[1] > 128 ? 2 ** bit : 0)).reduce((sum, value) => sum + value, 0);
}

/** Far more than coding and colour conversion shift a colour, far less than the colours are apart. */
const tolerance = 60;

function isNear(colour: Colour, expected: Colour): boolean {
  return colour.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= tolerance);
}
