/** Sizes in which a composition is encoded: one stream serves everybody who receives that size. */
export const composedSizes = {
  large: { width: 1280, height: 720 },
  small: { width: 640, height: 360 },
} as const;

export type ComposedSize = keyof typeof composedSizes;

/** Frames a second, at most; fewer where nothing changes or the machine has no time. */
export const composedFrameRate = 25;

/**
 * The video composer, seen from the packet thread: pictures of several people in one, by number. It runs in a thread of its own; nothing here waits.
 *
 * Numbers are never used twice. What names a composition or source that is gone is ignored. Sources are VP8. A composition that nobody receives decodes nothing.
 */
export interface VideoComposer {
  /** One for each conference of which somebody receives the mixed picture. */
  openComposition(): number;
  /** With all its sources. */
  closeComposition(composition: number): void;
  addSource(composition: number): number;
  removeSource(source: number): void;
  /** Who is shown where from now on. Sources that are in no tile are not decoded. */
  setTiles(composition: number, tiles: readonly ComposedTile[]): void;
  /** Encodes a size at a bitrate (kept to 50,000 to 4,000,000); `undefined`: nobody receives it. */
  setBitrate(composition: number, size: ComposedSize, bitrateBps: number | undefined): void;
  /** The next frame of a size is to be a key frame. */
  needKeyFrame(composition: number, size: ComposedSize): void;
  /**
   * Takes a whole frame of a source; copies it.
   * @returns False where the ring to the composer is full and the frame is lost: the source needs a key frame.
   */
  push(source: number, frame: Uint8Array): boolean;
  statistics(): VideoComposerStatistics;
  close(): Promise<void>;
}

/** A rectangle of the composed picture, in fractions of its sides. */
export interface ComposedTile {
  readonly source: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** All of the source is shown, with margins where its proportions are others (a screen); else it fills its tile as long as that costs no more than a third of it. */
  readonly isWhole: boolean;
}

/** One encoded frame. Valid during the call that brings it. */
export interface ComposedFrame {
  readonly composition: number;
  readonly size: ComposedSize;
  /** Of 90 kHz, from the start of the composer; as a signed 32-bit integer. */
  readonly timestamp: number;
  readonly isKeyFrame: boolean;
  /** In memory shared with the composer's thread. */
  readonly bytes: Uint8Array;
}

/** What the composer's owner hears. */
export interface VideoComposerEvents {
  onFrames(frames: readonly ComposedFrame[]): void;
  /** A source cannot be decoded, or is shown anew, before its next key frame. */
  onKeyFrameNeeded(source: number): void;
  /** The thread has failed; it is started again with what there is then. */
  onFailure(sentence: string): void;
}

/** Figures since the start. */
export interface VideoComposerStatistics {
  /** Frames that found the ring full. */
  readonly droppedFrames: number;
  readonly decodedFrames: number;
  /** Frames that were no VP8, larger than 1920x1088, or went on from a lost one. */
  readonly undecodableFrames: number;
  readonly encodedFrames: number;
  /** Moments for a frame that were left out because the one before took too long. */
  readonly lateTicks: number;
  /** Milliseconds in which the thread has worked. */
  readonly workedMs: number;
}
