/** Runs in a thread of its own: makes WAV files into ones that media processes play, when asked. */
import { writeFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { decodeWav } from './decode-wav.ts';
import { resample } from './resample.ts';
import { playedRate, type Decoding, type DecodingRequest } from './sound-decoder.ts';

async function decode({ bytes, path }: DecodingRequest): Promise<Decoding> {
  const decoded = await decodeWav(bytes);
  if (!decoded.ok) return { kind: 'refused', sentence: decoded.sentence };
  const { samples, sampleRate } = decoded.sound;
  const rate = playedRate(sampleRate);
  const played = Int16Array.from(resample(samples, sampleRate, rate), (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))));
  await writeFile(path, played);
  return { kind: 'decoded', sound: { path, sampleRate: rate }, bytes: played.byteLength };
}

parentPort?.on('message', (request: DecodingRequest) => {
  void decode(request).then((decoding) => parentPort?.postMessage(decoding));
});
