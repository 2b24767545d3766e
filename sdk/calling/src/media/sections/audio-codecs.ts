import type { Platform } from '../../platform.ts';

/** What a backend prefers to everything else that is offered, and what repeats it (RFC 2198): an offer that is to have another codec is without them. */
const preferred: ReadonlySet<string> = new Set(['audio/opus', 'audio/red']);

/**
 * The codecs of sound that a section is to offer, in order, so that it is agreed in the one of this name (as in SDP, `PCMU`). Empty, all of them in the host's order, where none is wanted or the host has none of that name.
 * @returns undefined where the host does not say what it has.
 */
export function audioCodecs({ RTCRtpReceiver }: Pick<Platform, 'RTCRtpReceiver'>, wanted: string | undefined): RTCRtpCodec[] | undefined {
  const all = RTCRtpReceiver?.getCapabilities('audio')?.codecs;
  if (all === undefined) return undefined;
  const isWanted = ({ mimeType }: RTCRtpCodec): boolean => mimeType.toLowerCase() === `audio/${wanted?.toLowerCase()}`;
  const first = all.filter(isWanted);
  return first.length === 0 ? [] : [...first, ...all.filter((codec) => !isWanted(codec) && !preferred.has(codec.mimeType.toLowerCase()))];
}
