import { type AudioCodec, g711Law, type NumberedCodec } from '@dialplane/kernels';
import type { MixCodec, SoundPayload } from '../audio-mixer.ts';
import type { AudioKernels } from '../audio-workspace.ts';

/** Whether this machine has a codec; G.729 needs a library that not every one has. */
export function hasCodec({ g729 }: AudioKernels, codec: SoundPayload): boolean {
  return codec !== 'G729' || g729 !== undefined;
}

/** An encoder or a decoder of a codec of telephony: the kernel, and its number there. */
export interface TelephonyCodec {
  readonly codec: AudioCodec;
  readonly number: number;
  close(): void;
}

/** @throws {Error} For a codec that this machine does not have. */
export function openTelephonyEncoder(kernels: AudioKernels, codec: Exclude<MixCodec, 'opus'>): TelephonyCodec {
  const numbered = numberedCodec(kernels, codec);
  if (numbered === undefined) return lawOf(kernels, codec);
  const number = numbered.openEncoder();
  return { codec: numbered, number, close: () => numbered.closeEncoder(number) };
}

/** @throws {Error} For a codec that this machine does not have. */
export function openTelephonyDecoder(kernels: AudioKernels, codec: Exclude<MixCodec, 'opus'>): TelephonyCodec {
  const numbered = numberedCodec(kernels, codec);
  if (numbered === undefined) return lawOf(kernels, codec);
  const number = numbered.openDecoder();
  return { codec: numbered, number, close: () => numbered.closeDecoder(number) };
}

/** The two laws of G.711 remember nothing and need no number of their own. */
function lawOf({ g711 }: AudioKernels, codec: MixCodec): TelephonyCodec {
  return { codec: g711, number: codec === 'PCMA' ? g711Law.aLaw : g711Law.muLaw, close: () => {} };
}

function numberedCodec({ g722, g729 }: AudioKernels, codec: MixCodec): NumberedCodec | undefined {
  if (codec === 'G722') return g722;
  if (codec === 'G729' && g729 === undefined) throw new Error('G.729 is not built here, and was agreed on.');
  return codec === 'G729' ? g729 : undefined;
}
