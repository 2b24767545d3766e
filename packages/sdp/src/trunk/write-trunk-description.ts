import type { AgreedCodec } from '../codec-choice.ts';
import { fingerprintText } from '../fingerprint-text.ts';
import type { Direction, MediaLine } from '../session-offer.ts';
import { type SdesKey, writeSdesKey } from './sdes-keys.ts';
import type { TrunkAddress, TrunkIce } from './trunk-description.ts';

/** A section for sound, as we write it. */
export interface WrittenTrunkSection {
  readonly protocol: string;
  readonly mid: string | undefined;
  readonly direction: Direction;
  readonly codecs: readonly AgreedCodec[];
  /** Milliseconds of sound in a packet that we would like. */
  readonly packetMs: number;
  readonly rtcp: 'muxed' | 'muxedIfAnswered' | 'apart';
  /** All that are offered, or the one that is answered; empty without SDES. */
  readonly keys: readonly SdesKey[];
  /** Ours, where the other side checks. */
  readonly ice?: TrunkIce;
  readonly dtls?: { /** SHA-256 over our certificate, 32 bytes. */ readonly fingerprint: Uint8Array; readonly setup: 'actpass' | 'active' | 'passive' };
}

export interface TrunkDescriptionParts {
  /** Of `o=`: the same for a leg, and counting its descriptions that differ (RFC 3264 §8). */
  readonly sessionId: string;
  readonly sessionVersion: number;
  /** Where we are; RTCP that is apart is one port above. */
  readonly rtp: TrunkAddress;
  /** Sections in the order of the session: the one for sound, and those that are refused. */
  readonly sections: ReadonlyArray<WrittenTrunkSection | MediaLine>;
}

/** Of the one candidate of a lite agent (RFC 8445 §5.1.2.1): type preference 126, local preference and component as they are best. */
const hostPriority = 2_130_706_431;

/**
 * Writes an offer or an answer of ours to a trunk (RFC 3264, RFC 8866), in plain form: what it has more of than old equipment knows, that may pass over. By hand: a library that can write any
 * description takes eight times as long, twice a call.
 */
export function writeTrunkDescription({ sessionId, sessionVersion, rtp, sections }: TrunkDescriptionParts): string {
  const connection = `IN IP${rtp.address.includes(':') ? 6 : 4} ${rtp.address}`;
  const lines = ['v=0', `o=- ${sessionId} ${sessionVersion} ${connection}`, 's=-', `c=${connection}`, 't=0 0'];
  if (sections.some((section) => 'ice' in section)) lines.push('a=ice-lite');
  for (const section of sections) {
    if ('codecs' in section) writeSound(lines, section, rtp);
    else writeRefusal(lines, section);
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Port 0 (RFC 3264 §6); the formats are there because a line needs some. */
function writeRefusal(lines: string[], { media, protocol, formats, mid }: MediaLine): void {
  lines.push(`m=${media} 0 ${protocol} ${formats === '' ? '0' : formats}`);
  if (mid !== undefined) lines.push(`a=mid:${mid}`);
}

function writeSound(lines: string[], { protocol, mid, direction, codecs, packetMs, rtcp, keys, dtls, ice }: WrittenTrunkSection, { address, port }: TrunkAddress): void {
  lines.push(`m=audio ${port} ${protocol} ${codecs.map(({ payloadType }) => payloadType).join(' ')}`);
  for (const { payloadType, name, clockRate, channels } of codecs) lines.push(`a=rtpmap:${payloadType} ${name}/${clockRate}${channels > 1 ? `/${channels}` : ''}`);
  for (const { payloadType, answered } of codecs) if (answered !== '') lines.push(`a=fmtp:${payloadType} ${answered}`);
  if (rtcp !== 'muxed') lines.push(`a=rtcp:${port + 1}`);
  for (const key of keys) lines.push(writeSdesKey(key));
  if (dtls !== undefined) lines.push(`a=setup:${dtls.setup}`);
  if (mid !== undefined) lines.push(`a=mid:${mid}`);
  lines.push(`a=ptime:${packetMs}`, `a=${direction}`);
  if (dtls !== undefined) lines.push(`a=fingerprint:sha-256 ${fingerprintText(dtls.fingerprint)}`);
  if (ice !== undefined) lines.push(`a=ice-ufrag:${ice.usernameFragment}`, `a=ice-pwd:${ice.password}`, `a=candidate:1 1 udp ${hostPriority} ${address} ${port} typ host`);
  if (rtcp !== 'apart') lines.push('a=rtcp-mux');
}
