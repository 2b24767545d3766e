import type { AudioCodec } from '../audio/audio-codec.ts';
import { type LoadedKernel, loadKernel } from '../load-kernel.ts';

/** G.711 for this thread: PCMU and PCMA (RFC 3551 §4.5.14). Nothing stands in for the kernel; where it is absent, the sentence says what to do. */
export function loadG711(): LoadedKernel<AudioCodec> {
  return loadKernel<AudioCodec>('g711');
}
