/** 20 ms of G.711 at 8 kHz. */
export const frameBytes = 160;
export const frameMs = 20;

/** Sound in frames, one each 20 ms. */
export interface FrameSource {
  /** The next {@link frameBytes} of PCMU, valid until the next call; `undefined` when it is over. */
  nextFrame(): Uint8Array | undefined;
}
