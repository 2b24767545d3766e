import { chooseCodecs, type AgreedCodec } from './codec-choice.ts';
import { chooseExtensions, reverse, type AgreedExtension } from './extension-choice.ts';
import type { Direction, OfferedSsrc, RtpSection, SessionOffer } from './session-offer.ts';

/** An m= section as offer and answer agree on it. */
export interface AgreedSection {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  /** Ours. */
  readonly direction: Direction;
  /** The one that we prefer to be sent first. Payload types are the same both ways (RFC 3264 §6.1). */
  readonly codecs: readonly AgreedCodec[];
  readonly extensions: readonly AgreedExtension[];
  /** What the client sends; absent when it sends nothing. */
  readonly receive?: { readonly rids: readonly string[]; readonly ssrcs: readonly OfferedSsrc[] };
  /** What we send; absent when we send nothing. */
  readonly send?: SendingSsrcs;
}

/** SSRCs of ours in one section; of retransmissions where they are agreed. */
export interface SendingSsrcs {
  readonly ssrc: number;
  readonly rtxSsrc?: number;
}

/** At most four layers of one picture are taken; nobody sends more. */
const maxLayers = 4;

/**
 * Decides what an answer accepts: every section that has a codec in common, in the direction that was offered.
 *
 * @param previous What was agreed before: a section that goes on keeps its SSRCs.
 * @param drawSsrc Gives a random SSRC that is used nowhere else in this leg.
 * @returns One entry for each offered section; `undefined` is refused.
 */
export function agreeSections(offer: SessionOffer, previous: readonly AgreedSection[], drawSsrc: () => number): ReadonlyArray<AgreedSection | undefined> {
  return offer.sections.map((section) => {
    if (section.kind === 'unusable') return undefined;
    const codecs = chooseCodecs(section.kind, section.codecs);
    if (codecs.length === 0) return undefined;
    const before = previous.find(({ mid, kind }) => mid === section.mid && kind === section.kind)?.send;
    return agreeSection(section, codecs, before, drawSsrc);
  });
}

function agreeSection(section: RtpSection, codecs: readonly AgreedCodec[], before: SendingSsrcs | undefined, drawSsrc: () => number): AgreedSection {
  const { mid, kind } = section;
  const direction = reverse(section.direction);
  const weReceive = direction === 'sendrecv' || direction === 'recvonly';
  const weSend = direction === 'sendrecv' || direction === 'sendonly';
  return {
    mid, kind, direction, codecs,
    extensions: chooseExtensions(section.extensions, weReceive),
    ...(weReceive && { receive: { rids: section.rids.slice(0, maxLayers), ssrcs: section.ssrcs } }),
    ...(weSend && { send: sendingSsrcs(codecs, before, drawSsrc) }),
  };
}

function sendingSsrcs(codecs: readonly AgreedCodec[], before: SendingSsrcs | undefined, drawSsrc: () => number): SendingSsrcs {
  const ssrc = before?.ssrc ?? drawSsrc();
  if (codecs.every(({ rtxPayloadType }) => rtxPayloadType === undefined)) return { ssrc };
  return { ssrc, rtxSsrc: before?.rtxSsrc ?? drawSsrc() };
}
