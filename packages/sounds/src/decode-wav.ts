import { AudioSampleSink, BufferSource, Input, type InputAudioTrack, WAVE } from 'mediabunny';

/** Sound as it was in a file, its channels added up to one. */
export interface DecodedSound {
  /** Full scale is 1. */
  readonly samples: Float32Array;
  readonly sampleRate: number;
}

export type DecodeOutcome = { readonly ok: true; readonly sound: DecodedSound } | { readonly ok: false; readonly sentence: string };

const rates = { lowest: 8000, highest: 48_000 };
const mostChannels = 2;

/** Reads a WAV file of 8 to 48 kHz with one or two channels: PCM of any width, floating point, or G.711. */
export async function decodeWav(bytes: Uint8Array): Promise<DecodeOutcome> {
  const input = new Input({ formats: [WAVE], source: new BufferSource(bytes) });
  try {
    if (!(await input.canRead())) return refused('It is not a WAV file.');
    const track = await input.getPrimaryAudioTrack();
    const sentence = track === null ? 'There is no sound in it.' : fault(track);
    if (track === null || sentence !== undefined) return refused(sentence ?? '');
    const samples = await readSamples(track);
    return samples.length === 0 ? refused('There is no sound in it.') : { ok: true, sound: { samples, sampleRate: track.sampleRate } };
  } catch (error) {
    return refused(`It cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  } finally {
    input.dispose();
  }
}

function fault({ codec, sampleRate, numberOfChannels }: InputAudioTrack): string | undefined {
  const isPlain = codec !== null && (codec.startsWith('pcm-') || codec === 'alaw' || codec === 'ulaw');
  if (!isPlain) return `It is compressed (${codec ?? 'unknown'}); 16 kHz, 16 bit, mono is best.`;
  if (sampleRate < rates.lowest || sampleRate > rates.highest) return `It has ${sampleRate} samples a second; 8,000 to 48,000 are played.`;
  return numberOfChannels > mostChannels ? `It has ${numberOfChannels} channels; one or two are played.` : undefined;
}

async function readSamples(track: InputAudioTrack): Promise<Float32Array> {
  const pieces: Float32Array[] = [];
  let length = 0;
  for await (const piece of new AudioSampleSink(track).samples()) {
    const mono = new Float32Array(piece.numberOfFrames);
    const channel = new Float32Array(piece.numberOfFrames);
    for (let planeIndex = 0; planeIndex < piece.numberOfChannels; planeIndex += 1) {
      piece.copyTo(channel, { planeIndex, format: 'f32-planar' });
      for (let index = 0; index < mono.length; index += 1) mono[index] = (mono[index] ?? 0) + (channel[index] ?? 0) / piece.numberOfChannels;
    }
    piece.close();
    pieces.push(mono);
    length += mono.length;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece, at);
    at += piece.length;
  }
  return samples;
}

function refused(sentence: string): DecodeOutcome {
  return { ok: false, sentence };
}
