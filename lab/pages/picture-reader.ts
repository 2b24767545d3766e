import { counterBits, everybody, neutralColour, people, stripShare, type Person } from '../src/browsers/test-signal.ts';

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

/** Without a new frame for this long the element may show another video by now. */
const lookAgainMs = 200;

/** Reads what an element shows: the newest video in it, cut to what of it is visible. */
export class PictureReader {
  readonly #element: HTMLElement;
  readonly #canvas = new OffscreenCanvas(1, 1);

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Resolves with the next frame; waits for as long as none arrives. */
  async read(): Promise<PictureReading> {
    for (;;) {
      const video = this.#video();
      const isNew = await nextFrame(video);
      if (isNew && video !== undefined) return this.#look(video);
    }
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

  #video(): HTMLVideoElement | undefined {
    return [...this.#element.querySelectorAll('video')].findLast(({ readyState }) => readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
  }

  #look(video: HTMLVideoElement): PictureReading {
    const { x, y, width, height } = visiblePart(video, this.#element);
    if (width < 1 || height < 1) return { person: null, counter: 0, width, height };
    this.#canvas.width = width;
    this.#canvas.height = height;
    const drawing = this.#canvas.getContext('2d', { willReadFrequently: true });
    if (drawing === null) throw new Error('this browser gives no canvas to draw on');
    drawing.drawImage(video, x, y, width, height, 0, 0, width, height);
    const at = (across: number, down: number): Colour => {
      const [red = 0, green = 0, blue = 0] = drawing.getImageData(Math.floor(across * width), Math.floor(down * height), 1, 1).data;
      return [red, green, blue];
    };
    return { person: whoIn(at), counter: counterIn(at), width, height };
  }
}

/** False where none has come for a while. */
function nextFrame(video: HTMLVideoElement | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    video?.requestVideoFrameCallback(() => resolve(true));
    setTimeout(() => resolve(false), lookAgainMs);
  });
}

/** The part of a video, in its own pixels, that is seen through the frames around it, of which `outermost` is the last. */
function visiblePart(video: HTMLVideoElement, outermost: HTMLElement): DOMRect {
  const { videoWidth, videoHeight } = video;
  const whole = video.getBoundingClientRect();
  if (whole.width === 0 || whole.height === 0) return new DOMRect();
  const [scaleX, scaleY] = [videoWidth / whole.width, videoHeight / whole.height];
  const frames = [whole, ...framesAround(video, outermost).map((frame) => frame.getBoundingClientRect())];
  const [left, top] = [Math.max(...frames.map((frame) => frame.left)), Math.max(...frames.map((frame) => frame.top))];
  const [right, bottom] = [Math.min(...frames.map((frame) => frame.right)), Math.min(...frames.map((frame) => frame.bottom))];
  const inPixels = [(left - whole.left) * scaleX, (top - whole.top) * scaleY, (right - left) * scaleX, (bottom - top) * scaleY].map(Math.round);
  const [x = 0, y = 0, width = 0, height = 0] = inPixels;
  return new DOMRect(x, y, width, height);
}

function framesAround(element: HTMLElement, outermost: HTMLElement): HTMLElement[] {
  const frame = element.parentElement;
  return frame === null || element === outermost ? [] : [frame, ...framesAround(frame, outermost)];
}

function whoIn(at: (x: number, y: number) => Colour): Person | null {
  const upper = (1 - stripShare) / 4;
  const lower = ((1 - stripShare) * 3) / 4;
  const owner = everybody.find((person) => isNear(at(0.25, upper), people[person].colour) && isNear(at(0.75, lower), people[person].colour));
  const neutral = isNear(at(0.75, upper), neutralColour) && isNear(at(0.25, lower), neutralColour);
  return neutral ? (owner ?? null) : null;
}

function counterIn(at: (x: number, y: number) => Colour): number {
  // Near the bottom: a composed picture may have cut the strip to a wider format.
  const down = 1 - stripShare / 4;
  return Array.from({ length: counterBits }, (_, bit) => (at((bit + 0.5) / counterBits, down)[1] > 128 ? 2 ** bit : 0)).reduce((sum, value) => sum + value, 0);
}

/** Far more than coding and colour conversion shift a colour, far less than the colours are apart. */
const tolerance = 60;

function isNear(colour: Colour, expected: Colour): boolean {
  return colour.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= tolerance);
}
