/** How loud a mix may become before its gain goes down: a little above it the limiter of the samples begins to work. */
const mostPeak = 0.9;
const attackMs = 2;
const frameMs = 20;
/** 9 dB a second back up. */
const releaseFactor = 1.0209;

/**
 * The gain of a mix, frame by frame of 20 ms, so that several who speak at once do not clip: down within 2 ms when a frame would be too loud, slowly up again. It
 * is one gain for a whole mix, whoever is left out of it: the same voice is as loud for everybody.
 */
export class MixGain {
  /** Of this frame: from here to there in a straight line over so many milliseconds. */
  from = 1;
  to = 1;
  overMs = 0;

  /** Nothing is made softer. */
  get isIdle(): boolean {
    return this.from === 1 && this.to === 1;
  }

  /** Decides about a frame with this largest magnitude (1 is full scale, sums may be more). */
  follow(peak: number): void {
    const allowed = peak > mostPeak ? mostPeak / peak : 1;
    this.from = this.to;
    this.to = Math.min(allowed, this.from * releaseFactor, 1);
    this.overMs = this.to < this.from ? attackMs : frameMs;
  }
}
