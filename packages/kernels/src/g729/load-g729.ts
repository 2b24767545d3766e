import { loadNumberedCodec, type NumberedCodec } from '../audio/numbered-codec.ts';
import type { LoadedKernel } from '../load-kernel.ts';

/**
 * G.729 for this thread, with Annexes A and B (RFC 3551 §4.5.6): ten bytes for 80 samples at 8,000 Hz, two bytes for comfort noise. A decoder that is given no bytes
 * makes up what was lost. Nothing stands in for the kernel; where it is absent, the sentence says what to do.
 */
export function loadG729(): LoadedKernel<NumberedCodec> {
  return loadNumberedCodec('g729');
}
