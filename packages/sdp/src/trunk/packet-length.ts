import type { TrunkAudioSection } from './trunk-description.ts';

/** Milliseconds of sound in a packet where nobody says (RFC 3551 §4.2). */
export const usualPacketMs = 20;
const shortestMs = 10;
/** Of longer ones a lost one is a word. */
const longestMs = 60;

/** How long packets are that we send: as the other side asks (RFC 8866 §6.4), else as the trunk is set; never longer than it takes. A whole number of 10 ms, which is what frames of every codec are made of. */
export function sentPacketMs({ ptime, maxptime = longestMs }: Pick<TrunkAudioSection, 'ptime' | 'maxptime'>, { packetMs = usualPacketMs }: { readonly packetMs?: number }): number {
  const wanted = Math.min(ptime ?? packetMs, maxptime, longestMs);
  return Math.max(shortestMs, wanted - (wanted % shortestMs));
}
