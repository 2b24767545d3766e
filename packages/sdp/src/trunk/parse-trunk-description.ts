import { parse, type MediaLines, type SessionLines } from 'sdp-transform';
import { maxSections } from '../parse-offer.ts';
import { readCodecs } from '../read-codecs.ts';
import { directionOf } from '../read-section.ts';
import { areIceCredentials, readFingerprint } from '../read-transport.ts';
import { sdpFault, type SdpFault } from '../sdp-fault.ts';
import type { Direction, MediaLine } from '../session-offer.ts';
import { readSdesKeys } from './sdes-keys.ts';
import type { TrunkAddress, TrunkAudioSection, TrunkDescription, TrunkSection } from './trunk-description.ts';

/** What the third word of an m= line says of security (RFC 3551, RFC 3711, RFC 5764 §8, each with or without feedback). */
const profiles: Readonly<Record<string, TrunkAudioSection['profile']>> = {
  'RTP/AVP': 'plain', 'RTP/AVPF': 'plain', 'RTP/SAVP': 'sdes', 'RTP/SAVPF': 'sdes', 'UDP/TLS/RTP/SAVP': 'dtls', 'UDP/TLS/RTP/SAVPF': 'dtls',
};

/** Longer packets than a second are nobody's wish. */
const longestPtime = 1000;

/**
 * Reads what a carrier or a SIP phone describes (RFC 3264, RFC 8866). Video and whatever else it says is passed over; sections that cannot be used are told as such, and only what
 * makes the whole description useless is a fault.
 */
export function parseTrunkDescription(sdp: string): { readonly ok: true; readonly description: TrunkDescription } | SdpFault {
  const lines = parse(sdp);
  const { origin } = lines;
  if (lines.version === undefined || origin === undefined) return sdpFault('NOT_A_DESCRIPTION');
  if (lines.media.length === 0) return sdpFault('NO_SECTIONS');
  if (lines.media.length > maxSections) return sdpFault('TOO_MANY_SECTIONS');
  const unreadable = lines.media.findIndex(({ type }) => typeof type !== 'string');
  if (unreadable >= 0) return sdpFault('MEDIA_LINE_INVALID', unreadable);
  const sections = lines.media.map((media) => readTrunkSection(media, lines));
  return { ok: true, description: { sessionId: String(origin.sessionId), sessionVersion: String(origin.sessionVersion), sections } };
}

function readTrunkSection(lines: MediaLines, session: SessionLines): TrunkSection {
  const line: MediaLine = { media: lines.type, protocol: lines.protocol, formats: String(lines.payloads ?? ''), mid: lines.mid === undefined ? undefined : String(lines.mid) };
  const connection = lines.connection ?? session.connection;
  const address = String(connection?.ip ?? '');
  const port = Number(lines.port);
  const named = profiles[lines.protocol];
  if (lines.type !== 'audio' || named === undefined || !isIpAddress(address) || !isPort(port)) return { ...line, kind: 'unusable' };
  const keys = readSdesKeys(lines.crypto);
  const dtls = readDtls(lines, session);
  // A fingerprint under the name of SDES is how DTLS-SRTP was written before RFC 5764.
  const profile = named === 'sdes' && keys.length === 0 && dtls !== undefined ? 'dtls' : named;
  return {
    ...line,
    kind: 'audio',
    rtp: { address, port },
    rtcp: lines.rtcpMux === undefined ? rtcpAddress(lines, address, port) : 'muxed',
    direction: heldDirection(directionOf(lines.direction ?? session.direction), address),
    codecs: readCodecs(lines),
    ...packetLengths(lines),
    profile,
    keys,
    ...(dtls !== undefined && { dtls }),
    ...readIce(lines, session),
  };
}

/** RFC 3605; an address in it that is none is as if there were none. */
function rtcpAddress({ rtcp }: MediaLines, address: string, port: number): TrunkAddress {
  const named = Number(rtcp?.port);
  const where = String(rtcp?.address ?? '');
  return { address: isIpAddress(where) ? where : address, port: isPort(named) ? named : Math.min(port + 1, 65_535) };
}

/** What is no number of milliseconds is as if it were not there. */
function packetLengths({ ptime, maxptime }: MediaLines): Pick<TrunkAudioSection, 'ptime' | 'maxptime'> {
  const [usual, most] = [Number(ptime), Number(maxptime)];
  return { ...(usual > 0 && usual <= longestPtime && { ptime: usual }), ...(most > 0 && most <= longestPtime && { maxptime: most }) };
}

/** Who says where it is not, does not want to hear (RFC 3264 §8.4). */
function heldDirection(direction: Direction, address: string): Direction {
  if (!/^0\.0\.0\.0$|^[0:]+$/.test(address)) return direction;
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

/** Two lite agents would check nothing (RFC 8445 §6.1.1), so a lite one is as one without ICE. */
function readIce({ rtcpMux, iceUfrag, icePwd }: MediaLines, session: SessionLines): Pick<TrunkAudioSection, 'ice'> {
  const [usernameFragment, password] = [String(iceUfrag ?? session.iceUfrag ?? ''), String(icePwd ?? session.icePwd ?? '')];
  return rtcpMux === undefined || session.icelite !== undefined || !areIceCredentials(usernameFragment, password) ? {} : { ice: { usernameFragment, password } };
}

function readDtls(lines: MediaLines, session: SessionLines): TrunkAudioSection['dtls'] {
  const fingerprint = readFingerprint(lines.fingerprint ?? session.fingerprint);
  const setup = lines.setup ?? session.setup;
  if (!fingerprint.ok || (setup !== 'actpass' && setup !== 'active' && setup !== 'passive')) return undefined;
  return { fingerprint: fingerprint.bytes, setup };
}

/** An address in numbers, of one host: names and multicast with its time to live are not for sound of a telephone. */
function isIpAddress(text: string): boolean {
  const octets = text.split('.');
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255)) return Number(octets[0]) < 224;
  return text.includes(':') && text.length <= 45 && /^[0-9A-Fa-f:]+(?:\d{1,3}(?:\.\d{1,3}){3})?$/.test(text) && !/^ff/i.test(text);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
