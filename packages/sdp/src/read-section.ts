import type { MediaLines } from 'sdp-transform';
import { readCodecs } from './read-codecs.ts';
import type { Direction, MediaLine, OfferedExtension, OfferedSection, OfferedSsrc } from './session-offer.ts';

/** DTLS-SRTP with or without feedback (RFC 5764 §8, RFC 7850); what else is offered is not ours. */
const protocols = new Set(['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'TCP/DTLS/RTP/SAVPF']);

/** Reads an m= section. @param sessionDirection Of the lines before all sections. @param isOnTransport Whether it is in use and in the bundle. */
export function readSection(lines: MediaLines, sessionDirection: string | undefined, isOnTransport: boolean): OfferedSection {
  const { type, protocol } = lines;
  const line: MediaLine = { media: type, protocol, formats: String(lines.payloads ?? ''), mid: lines.mid === undefined ? undefined : String(lines.mid) };
  const { mid } = line;
  if (mid === undefined || !isOnTransport || !protocols.has(protocol) || (type !== 'audio' && type !== 'video') || lines.rtcpMux === undefined) return { ...line, kind: 'unusable' };
  return {
    ...line,
    mid,
    kind: type,
    direction: directionOf(lines.direction ?? sessionDirection),
    codecs: readCodecs(lines),
    extensions: readExtensions(lines),
    rids: readRids(lines),
    ssrcs: readSsrcs(lines),
    reducedSizeRtcp: lines.rtcpRsize !== undefined,
  };
}

export function directionOf(word: unknown): Direction {
  return word === 'sendonly' || word === 'recvonly' || word === 'inactive' ? word : 'sendrecv';
}

/** Those with an identifier that the one-byte form can carry (RFC 8285 §4.2). */
function readExtensions({ ext = [] }: MediaLines): readonly OfferedExtension[] {
  return ext.flatMap(({ value, uri, direction }) => {
    const id = Number(value);
    return id >= 1 && id <= 14 ? [{ id, uri: String(uri), direction: directionOf(direction) }] : [];
  });
}

/**
 * The layers of `a=simulcast:send` that have an `a=rid` of their own (RFC 8853 §5.2); of alternatives the first. A layer that is paused (`~`) is one that may come.
 */
function readRids({ simulcast, rids = [] }: MediaLines): readonly string[] {
  if (simulcast === undefined) return [];
  const list = simulcast.dir1 === 'send' ? simulcast.list1 : simulcast.dir2 === 'send' ? simulcast.list2 : undefined;
  const known = new Set(rids.filter(({ direction }) => direction === 'send').map(({ id }) => String(id)));
  const named = String(list ?? '').split(';').map((layer) => (layer.split(',')[0] ?? '').replace(/^~/, ''));
  return [...new Set(named)].filter((rid) => known.has(rid) && rid.length <= 16);
}

/** Each SSRC that is not the retransmission of another (RFC 5576 §4.2, RFC 4588 §8.8). */
function readSsrcs({ ssrcs = [], ssrcGroups = [] }: MediaLines): readonly OfferedSsrc[] {
  const retransmissions = new Map<number, number>();
  for (const { semantics, ssrcs: members } of ssrcGroups) {
    const [ssrc, rtxSsrc] = String(members).split(' ').map(Number);
    if (semantics === 'FID' && isSsrc(ssrc) && isSsrc(rtxSsrc)) retransmissions.set(ssrc, rtxSsrc);
  }
  const secondary = new Set(retransmissions.values());
  const primary = new Set(ssrcs.map(({ id }) => Number(id)).filter((ssrc) => isSsrc(ssrc) && !secondary.has(ssrc)));
  return [...primary].map((ssrc) => {
    const rtxSsrc = retransmissions.get(ssrc);
    return rtxSsrc === undefined ? { ssrc } : { ssrc, rtxSsrc };
  });
}

function isSsrc(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
}
