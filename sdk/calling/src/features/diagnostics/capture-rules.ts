/** How long a microphone may deliver nothing at all before it is told, while the user believes to be heard. */
export const silentMicrophoneMs = 5000;
/** After this it counts as not working (ACS: about 10 s). */
export const deadMicrophoneMs = 10_000;
/** How long a camera may deliver no picture (ACS: 5 s). */
export const frozenCameraMs = 5000;

/**
 * Since when a counter has stood still. A microphone in a quiet room still has noise, so that its energy grows; only a dead,
 * unplugged or switched-off one delivers perfect silence.
 */
export class Standstill {
  private counter: number | undefined;
  private since: number | undefined;

  /** Returns for how many ms the counter has stood still at `at`; 0 when it is unknown. */
  observe(counter: number | undefined, at: number): number {
    if (counter === undefined || counter !== this.counter || this.since === undefined) {
      this.since = counter === undefined ? undefined : at;
      this.counter = counter;
      return 0;
    }
    return at - this.since;
  }

  reset(): void {
    this.counter = undefined;
    this.since = undefined;
  }
}

/** Amplitude from which sound is taken for speech (-34 dBFS); a keyboard or a fan in the room stays below. */
const speechRms = 0.02;
/** Of the last `speechWindow` measurements, so many must be speech: half a second within one. */
const speechWindow = 10;
const speechNeeded = 5;

/** Tells speech from a door that slams. */
export class SpeechGate {
  private readonly loud: boolean[] = [];

  observe(rms: number): boolean {
    this.loud.push(rms >= speechRms);
    if (this.loud.length > speechWindow) this.loud.shift();
    return this.loud.filter(Boolean).length >= speechNeeded;
  }
}

/** What a failed attempt to capture is called in diagnostics. */
export type CaptureFailure = 'permissionDenied' | 'deniedBySystem' | 'failed';

/** By the names of Media Capture and Streams §10.2 and Screen Capture §5.1; the error of this library carries them as its cause. */
export function captureFailure(error: unknown): CaptureFailure {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error) || cause.name !== 'NotAllowedError') return 'failed';
  return cause.message.toLowerCase().includes('system') ? 'deniedBySystem' : 'permissionDenied';
}
