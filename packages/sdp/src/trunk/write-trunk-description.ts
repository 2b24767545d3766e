import { write, type MediaLines } from 'sdp-transform';
import type { AgreedCodec } from '../codec-choice.ts';
import { fingerprintText } from '../fingerprint-text.ts';
import type { Direction, MediaLine } from '../session-offer.ts';
import { type SdesKey, writeSdesKey } from './sdes-keys.ts';
import type { TrunkAddress } from './trunk-description.ts';

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

/** Writes an offer or an answer of ours to a trunk (RFC 3264, RFC 8866), in plain form: what it has more of than old equipment knows, that may pass over. */
export function writeTrunkDescription({ sessionId, sessionVersion, rtp, sections }: TrunkDescriptionParts): string {
  const ipVer = rtp.address.includes(':') ? 6 : 4;
  return write({
    version: 0,
    origin: { username: '-', sessionId, sessionVersion, netType: 'IN', ipVer, address: rtp.address },
    name: '-',
    connection: { version: ipVer, ip: rtp.address },
    timing: { start: 0, stop: 0 },
    media: sections.map((section) => ('codecs' in section ? soundLines(section, rtp) : refusalLines(section))),
  });
}

/** Port 0 (RFC 3264 §6); the formats are there because a line needs some. */
function refusalLines({ media, protocol, formats, mid }: MediaLine): MediaLines {
  return { type: media, port: 0, protocol, payloads: formats === '' ? '0' : formats, rtp: [], fmtp: [], ...(mid !== undefined && { mid }) };
}

function soundLines({ protocol, mid, direction, codecs, packetMs, rtcp, keys, dtls }: WrittenTrunkSection, { port }: TrunkAddress): MediaLines {
  return {
    type: 'audio',
    port,
    protocol,
    payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
    rtp: codecs.map(({ payloadType, name, clockRate, channels }) => ({ payload: payloadType, codec: name, rate: clockRate, ...(channels > 1 && { encoding: channels }) })),
    fmtp: codecs.flatMap(({ payloadType, answered }) => (answered === '' ? [] : [{ payload: payloadType, config: answered }])),
    ...(mid !== undefined && { mid }),
    ptime: packetMs,
    ...(rtcp !== 'muxed' && { rtcp: { port: port + 1 } }),
    ...(rtcp !== 'apart' && { rtcpMux: 'rtcp-mux' }),
    ...(keys.length > 0 && { crypto: keys.map(writeSdesKey) }),
    ...(dtls !== undefined && { setup: dtls.setup, fingerprint: { type: 'sha-256', hash: fingerprintText(dtls.fingerprint) } }),
    direction,
  };
}
