/** What 20 ms of a press are: its sound, counted from 0, or the silence after it. */
export interface DtmfFrame {
  readonly tone: string;
  readonly part: 'sound' | 'pause';
  /** Frames of this part before this one. */
  readonly index: number;
  /** The last frame of its sound. */
  readonly isLast: boolean;
}

/** 100 ms of sound and 80 ms of silence, as browsers have it (W3C WebRTC §7, ITU-T Q.24 asks for 40 of each). */
const soundFrames = 5;
const pauseFrames = 4;
/** Keys that wait at most; a card number with its pin code has thirty. */
const mostWaiting = 64;

/** The keys that are pressed for somebody, one after the other, frame by frame of 20 ms. */
export class DtmfQueue {
  private waiting = '';
  private frame = 0;

  /** Adds keys, `0-9*#A-D`; others are left out, and so is what does not fit. */
  add(tones: string): void {
    this.waiting = (this.waiting + tones.toUpperCase().replaceAll(/[^0-9*#A-D]/g, '')).slice(0, mostWaiting);
  }

  get isEmpty(): boolean {
    return this.waiting === '';
  }

  /** @returns The next 20 ms; `undefined` where no key is pressed. */
  next(): DtmfFrame | undefined {
    const tone = this.waiting[0];
    if (tone === undefined) return undefined;
    const { frame } = this;
    this.frame += 1;
    if (frame < soundFrames) return { tone, part: 'sound', index: frame, isLast: frame === soundFrames - 1 };
    if (this.frame === soundFrames + pauseFrames) {
      this.waiting = this.waiting.slice(1);
      this.frame = 0;
    }
    return { tone, part: 'pause', index: frame - soundFrames, isLast: false };
  }
}
