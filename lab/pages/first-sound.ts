/** Chromium's `MediaStreamTrackProcessor` (W3C "MediaStreamTrack Insertable Media Processing using Streams"), as far as it is used. */
interface AudioFrames {
  readonly readable: ReadableStream<AudioData>;
}
declare const MediaStreamTrackProcessor: new (init: { readonly track: MediaStreamTrack }) => AudioFrames;

/** Above what decoding, comfort noise or dithering leave of silence. */
const audibleAmplitude = 0.005;

/** Milliseconds since the epoch at which the first decoded frame that is not silence came out of a track. */
export async function firstSoundOf(track: MediaStreamTrack): Promise<number> {
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  try {
    for (;;) {
      const { value: frame } = await reader.read();
      if (frame === undefined) throw new Error('the track ended before it made a sound');
      const samples = new Float32Array(frame.numberOfFrames);
      frame.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      frame.close();
      if (samples.some((sample) => Math.abs(sample) > audibleAmplitude)) return performance.timeOrigin + performance.now();
    }
  } finally {
    await reader.cancel();
  }
}
