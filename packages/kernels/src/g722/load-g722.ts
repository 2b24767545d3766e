import { loadNumberedCodec, type NumberedCodec } from '../audio/numbered-codec.ts';
import type { LoadedKernel } from '../load-kernel.ts';

/**
 * G.722 at 64 kbit/s for this thread (RFC 3551 §4.5.2): one byte for two samples at 16,000 Hz. Nothing stands in for the kernel; where it is absent, the sentence says
 * what to do.
 */
export function loadG722(): LoadedKernel<NumberedCodec> {
  return loadNumberedCodec('g722');
}
