export interface WavSettings {
  readonly sampleRate: number;
  readonly bits?: number;
  /** 1 is PCM, 6 A-law, 85 MP3. */
  readonly format?: number;
}

/** A WAV file of PCM in which every channel has a signal of its own, full scale being 1. */
export function wavFile(signals: readonly Float32Array[], { sampleRate, bits = 16, format = 1 }: WavSettings): Buffer {
  const [channels, frames, bytes] = [signals.length, signals[0]?.length ?? 0, bits / 8];
  const data = Buffer.alloc(frames * channels * bytes);
  for (let frame = 0; frame < frames; frame += 1) {
    for (const [channel, signal] of signals.entries()) {
      const at = (frame * channels + channel) * bytes;
      const sample = Math.round((signal[frame] ?? 0) * (2 ** (bits - 1) - 1));
      if (bits === 8) data.writeUInt8(sample + 128, at);
      else data.writeIntLE(sample, at, bytes);
    }
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  for (const [at, value] of [[16, 16], [24, sampleRate], [28, sampleRate * channels * bytes], [40, data.length]] as const) head.writeUInt32LE(value, at);
  for (const [at, value] of [[20, format], [22, channels], [32, channels * bytes], [34, bits]] as const) head.writeUInt16LE(value, at);
  head.write('data', 36);
  return Buffer.concat([head, data]);
}

export function sine(frequencyHz: number, sampleRate: number, seconds = 0.5, amplitude = 0.5): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, index) => amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRate));
}

/** The amplitude of one frequency in a signal. */
export function amplitudeAt(frequencyHz: number, samples: Float32Array, sampleRate: number): number {
  let [real, imaginary] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    const angle = (2 * Math.PI * frequencyHz * index) / sampleRate;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
  }
  return (2 / samples.length) * Math.hypot(real, imaginary);
}
