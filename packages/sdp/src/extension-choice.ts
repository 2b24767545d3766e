import type { Direction, OfferedExtension } from './session-offer.ts';

/** A header extension as an answer agrees on it (RFC 8285 §6). */
export interface AgreedExtension extends OfferedExtension {
  readonly name: ExtensionName;
}

/**
 * Header extensions that a section may agree on. Video orientation is not among them: without it senders turn the picture themselves, which is right for the mixed one, too.
 * Nor are dependency descriptors: those of several layers cannot be spliced, and what forwarding needs to know stands in the payload.
 */
const uris = {
  /** RFC 9143 §15. */
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  /** RFC 8852 §3. */
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  /** RFC 6464. */
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  /** For clients that estimate as receivers. */
  absoluteSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  /** draft-holmer-rmcat-transport-wide-cc-extensions-01. */
  transportSequence: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
} as const;

export type ExtensionName = keyof typeof uris;

const names = Object.keys(uris) as ExtensionName[];
/** These tell the layers of what we receive; we send one. */
const ofLayers: ReadonlySet<ExtensionName> = new Set(['rid', 'repairedRid']);

/** What can be agreed of the offered header extensions, each with our direction. */
export function chooseExtensions(offered: readonly OfferedExtension[], weReceive: boolean): readonly AgreedExtension[] {
  const found = names.filter((name) => weReceive || !ofLayers.has(name)).flatMap((name) => {
    const extension = offered.find(({ uri, direction }) => uri === uris[name] && direction !== 'inactive');
    return extension === undefined ? [] : [{ ...extension, name, direction: reverse(extension.direction) }];
  });
  const hasTransportSequence = found.some(({ name }) => name === 'transportSequence');
  return found.filter(({ name }) => name !== 'absoluteSendTime' || !hasTransportSequence);
}

/** The same way seen by the other side. */
export function reverse(direction: Direction): Direction {
  return direction === 'sendonly' ? 'recvonly' : direction === 'recvonly' ? 'sendonly' : direction;
}
