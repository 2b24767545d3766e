import type { IceCredentials } from '@dialplane/ice';
import type { ServerCandidate } from '../load-client.ts';
import { audioLevelExtension, loadPayloadType } from '../media-sources.ts';

/** What a client of the load sends in its peer connection. */
export interface OfferedSection {
  readonly codec: keyof typeof loadPayloadType;
  readonly ssrc: number;
}

export interface OfferOptions {
  readonly host: string;
  readonly port: number;
  readonly credentials: IceCredentials;
  /** SHA-256 over the certificate. */
  readonly fingerprint: Uint8Array;
}

const rtpMaps = { opus: '111 opus/48000/2', pcmu: '0 PCMU/8000', vp8: '96 VP8/90000' } as const;

function head(type: 'offer' | 'answer', mids: readonly string[]): string[] {
  return ['v=0', `o=- 1 ${type === 'offer' ? 1 : 2} IN IP4 127.0.0.1`, 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`];
}

function transportLines({ host, port, credentials, fingerprint }: OfferOptions): string[] {
  const digest = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  return [
    `a=ice-ufrag:${credentials.usernameFragment}`,
    `a=ice-pwd:${credentials.password}`,
    `a=fingerprint:sha-256 ${digest}`,
    'a=setup:active',
    'a=rtcp-mux',
    `a=candidate:1 1 udp 2130706431 ${host} ${port} typ host`,
    'a=end-of-candidates',
  ];
}

/** An offer of what a client sends; `direction` says whether it also wants to receive in the same sections. */
export function makeOffer(options: OfferOptions, sections: readonly OfferedSection[], direction: 'sendonly' | 'sendrecv'): string {
  const lines = head('offer', sections.map((_, index) => String(index)));
  for (const [index, { codec, ssrc }] of sections.entries()) {
    const payloadType = loadPayloadType[codec];
    lines.push(`m=${codec === 'vp8' ? 'video' : 'audio'} 9 UDP/TLS/RTP/SAVPF ${payloadType}`, 'c=IN IP4 0.0.0.0', `a=mid:${index}`, `a=${direction}`, `a=rtpmap:${rtpMaps[codec]}`);
    if (codec === 'vp8') lines.push('a=rtcp-fb:96 nack pli', 'a=rtcp-fb:96 nack');
    else lines.push(`a=extmap:${audioLevelExtension} urn:ietf:params:rtp-hdrext:ssrc-audio-level`);
    if (codec === 'opus') lines.push(`a=fmtp:${payloadType} useinbandfec=1`);
    lines.push(`a=ssrc:${ssrc} cname:load`, ...transportLines(options));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Takes everything that an offer of janus offers. */
export function makeAnswer(options: OfferOptions, offer: string): string {
  const sections = offer.split(/\r?\n(?=m=)/).slice(1).map((section) => section.split(/\r?\n/));
  const mids = sections.map((section) => section.find((line) => line.startsWith('a=mid:'))?.slice(6) ?? '');
  const lines = head('answer', mids);
  for (const [index, section] of sections.entries()) {
    const kept = section.filter((line) => /^a=(rtpmap|fmtp|rtcp-fb|extmap):/.test(line));
    lines.push(section[0] ?? '', 'c=IN IP4 0.0.0.0', `a=mid:${mids[index]}`, 'a=recvonly', ...kept, ...transportLines(options));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Where a description of janus says it is. */
export function readCandidate(description: string): ServerCandidate {
  const [, usernameFragment = ''] = /^a=ice-ufrag:(\S+)/m.exec(description) ?? [];
  const [, password = ''] = /^a=ice-pwd:(\S+)/m.exec(description) ?? [];
  const [, address = '', port = ''] = /^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/im.exec(description) ?? [];
  if (port === '') throw new Error(`janus has no candidate: ${description}`);
  return { address, port: Number(port), credentials: { usernameFragment, password } };
}
