import type { SocketAddress } from '@dialplane/sip';
import type { SoundPeer } from './sound-endpoint.ts';

/** Payload type that this carrier numbers telephone events with in its own offers. */
const telephoneEvent = 101;
const mirrored = { sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive', sendrecv: 'sendrecv' } as const;
type Direction = keyof typeof mirrored;

/** Where a description (RFC 8866) wants PCMU to; `undefined` where it has no such section. */
export interface SoundOffer extends SoundPeer {
  readonly direction: Direction;
}

/** Reads the first section of sound that takes PCMU over plain RTP. */
export function readSoundDescription(sdp: string): SoundOffer | undefined {
  const lines = sdp.split(/\r?\n/);
  const at = lines.findIndex((line) => /^m=audio [1-9]\d* RTP\/AVPF? (?:\d+ )*0(?: |$)/.test(line));
  if (at < 0) return undefined;
  const next = lines.findIndex((line, index) => index > at && line.startsWith('m='));
  const section = lines.slice(at, next < 0 ? lines.length : next);
  const ofSession = lines.slice(0, lines.findIndex((line) => line.startsWith('m=')));
  const address = valueOf(section, /^c=IN IP4 ([^/ ]+)/) ?? valueOf(ofSession, /^c=IN IP4 ([^/ ]+)/);
  if (address === undefined) return undefined;
  const direction = (valueOf(section, /^a=(sendrecv|sendonly|recvonly|inactive)$/) ?? valueOf(ofSession, /^a=(sendrecv|sendonly|recvonly|inactive)$/) ?? 'sendrecv') as Direction;
  const eventPayloadType = valueOf(section, /^a=rtpmap:(\d+) telephone-event\/8000/i);
  return {
    remote: { address, port: Number(section[0]?.split(' ')[1]) }, direction,
    telephoneEventPayloadType: eventPayloadType === undefined ? undefined : Number(eventPayloadType),
    isListening: address !== '0.0.0.0' && direction !== 'sendonly' && direction !== 'inactive',
  };
}

/** Describes this carrier's end. @param offer What is answered; absent in an offer. @param version Of this description, counted up (RFC 3264 §8). */
export function writeSoundDescription(local: SocketAddress, sessionId: number, version: number, offer?: SoundOffer): string {
  const eventPayloadType = offer === undefined ? telephoneEvent : offer.telephoneEventPayloadType;
  return [
    'v=0', `o=- ${sessionId} ${version} IN IP4 ${local.address}`, 's=-', `c=IN IP4 ${local.address}`, 't=0 0',
    `m=audio ${local.port} RTP/AVP 0${eventPayloadType === undefined ? '' : ` ${eventPayloadType}`}`,
    'a=rtpmap:0 PCMU/8000',
    ...(eventPayloadType === undefined ? [] : [`a=rtpmap:${eventPayloadType} telephone-event/8000`, `a=fmtp:${eventPayloadType} 0-15`]),
    'a=ptime:20', `a=${offer === undefined ? 'sendrecv' : mirrored[offer.direction]}`, '',
  ].join('\r\n');
}

function valueOf(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match[1];
  }
  return undefined;
}
