import { write, type MediaLines, type TransportLines } from 'sdp-transform';
import { fingerprintText } from './fingerprint-text.ts';
import type { AgreedSection } from './agree-sections.ts';
import type { OfferedSection, SessionOffer } from './session-offer.ts';

/** Our side of the one transport. */
export interface LocalTransport {
  readonly usernameFragment: string;
  readonly password: string;
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** Ours in the DTLS handshake: `passive` is the server (RFC 8842 §5.3). */
  readonly setup: 'active' | 'passive';
  /** Where we can be reached, best first; all of one component over UDP. */
  readonly candidates: readonly LocalCandidate[];
}

export interface LocalCandidate {
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface AnswerParts {
  readonly offer: SessionOffer;
  /** As `agreeSections` returned them for this offer. */
  readonly sections: ReadonlyArray<AgreedSection | undefined>;
  readonly transport: LocalTransport;
  /** Of `o=`: the same for a leg, and counting its answers (RFC 3264 §8). */
  readonly sessionId: string;
  readonly sessionVersion: number;
  /** Of all our SSRCs (RFC 8834 §4.9). */
  readonly cname: string;
}

/**
 * Writes the answer of an ICE-lite server (RFC 8829 §5.3, RFC 8839 §5.3): one bundle with one transport, whose candidates are all there from the beginning.
 *
 * Deviation: the transport's lines stand in every accepted section, not only in the first of the bundle (RFC 9143 §7.3.3), as in answers of browsers: old clients look for them there.
 */
export function writeAnswer({ offer, sections, transport, sessionId, sessionVersion, cname }: AnswerParts): string {
  const accepted = sections.flatMap((section) => section ?? []);
  const media = offer.sections.map((offered, index) => {
    const agreed = sections[index];
    if (agreed === undefined || offered.kind === 'unusable') return refusal(offered);
    return acceptance(offered, agreed, transport, cname, agreed === accepted[0]);
  });
  return write({
    version: 0,
    origin: { username: '-', sessionId, sessionVersion, netType: 'IN', ipVer: 4, address: '127.0.0.1' },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    ...(offer.isBundled && accepted.length > 0 && { groups: [{ type: 'BUNDLE', mids: accepted.map(({ mid }) => mid).join(' ') }] }),
    msidSemantic: { semantic: 'WMS', token: '*' },
    media,
  });
}

/** Port 0 (RFC 3264 §6); the formats are there because a line needs some. */
function refusal({ media, protocol, formats, mid }: OfferedSection): MediaLines {
  return { type: media, port: 0, protocol, payloads: formats, connection: { version: 4, ip: '0.0.0.0' }, direction: 'inactive', rtp: [], fmtp: [], ...(mid !== undefined && { mid }) };
}

function acceptance(offered: Exclude<OfferedSection, { kind: 'unusable' }>, agreed: AgreedSection, transport: LocalTransport, cname: string, isFirst: boolean): MediaLines {
  const { codecs, send, receive, mid } = agreed;
  const [first] = transport.candidates;
  return {
    type: agreed.kind,
    port: first?.port ?? 9,
    protocol: offered.protocol,
    payloads: codecs.flatMap(({ payloadType, rtxPayloadType }) => (rtxPayloadType === undefined ? payloadType : [payloadType, rtxPayloadType])).join(' '),
    connection: first === undefined ? { version: 4, ip: '0.0.0.0' } : { version: first.address.includes(':') ? 6 : 4, ip: first.address },
    ...transportLines(transport),
    ...(isFirst && { candidates: transport.candidates.map(candidateLine), endOfCandidates: 'end-of-candidates' }),
    mid,
    direction: agreed.direction,
    rtcpMux: 'rtcp-mux',
    ...(offered.reducedSizeRtcp && { rtcpRsize: 'rtcp-rsize' }),
    ...codecLines(agreed),
    ext: agreed.extensions.map(({ id, uri, direction }) => ({ value: id, uri, direction: direction === 'sendrecv' ? undefined : direction })),
    ...(receive !== undefined && simulcastLines(receive.rids)),
    ...(send !== undefined && sendingLines(send, mid, cname)),
  };
}

function transportLines({ usernameFragment, password, fingerprint, setup }: LocalTransport): TransportLines {
  return { iceUfrag: usernameFragment, icePwd: password, iceOptions: 'ice2', fingerprint: { type: 'sha-256', hash: fingerprintText(fingerprint) }, setup };
}

/** Type preference of a host candidate, then our order, then the only component (RFC 8445 §5.1.2.1). */
function candidateLine({ address, port }: LocalCandidate, index: number): NonNullable<MediaLines['candidates']>[number] {
  return { foundation: String(index + 1), component: 1, transport: 'udp', priority: 126 * 2 ** 24 + (65_535 - index) * 256 + 255, ip: address, port, type: 'host' };
}

function codecLines({ codecs }: AgreedSection): Pick<MediaLines, 'rtp' | 'fmtp' | 'rtcpFb'> {
  const rtx = codecs.flatMap(({ payloadType, clockRate, rtxPayloadType }) => (rtxPayloadType === undefined ? [] : [{ payloadType, clockRate, rtxPayloadType }]));
  return {
    rtp: [
      ...codecs.map(({ payloadType, name, clockRate, channels }) => ({ payload: payloadType, codec: name, rate: clockRate, ...(channels > 1 && { encoding: channels }) })),
      ...rtx.map(({ rtxPayloadType, clockRate }) => ({ payload: rtxPayloadType, codec: 'rtx', rate: clockRate })),
    ],
    fmtp: [
      ...codecs.flatMap(({ payloadType, answered }) => (answered === '' ? [] : [{ payload: payloadType, config: answered }])),
      ...rtx.map(({ rtxPayloadType, payloadType }) => ({ payload: rtxPayloadType, config: `apt=${payloadType}` })),
    ],
    rtcpFb: codecs.flatMap(({ payloadType, feedback }) => feedback.map((words) => {
      const [type = '', subtype] = words.split(' ');
      return { payload: payloadType, type, subtype };
    })),
  };
}

/** The layers that we take (RFC 8853 §5.3.1, RFC 8851 §6). */
function simulcastLines(rids: readonly string[]): Pick<MediaLines, 'rids' | 'simulcast'> {
  return rids.length === 0 ? {} : { rids: rids.map((id) => ({ id, direction: 'recv' })), simulcast: { dir1: 'recv', list1: rids.join(';') } };
}

/** A track of its own and in no stream (RFC 8830 §2): what a section shows changes, so nothing in it is in step with another section for ever. */
function sendingLines({ ssrc, rtxSsrc }: NonNullable<AgreedSection['send']>, mid: string, cname: string): Pick<MediaLines, 'msid' | 'ssrcs' | 'ssrcGroups'> {
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  return {
    msid: [{ id: '-', appdata: `section-${mid}` }],
    ssrcs: ssrcs.map((id) => ({ id, attribute: 'cname', value: cname })),
    ...(rtxSsrc !== undefined && { ssrcGroups: [{ semantics: 'FID', ssrcs: ssrcs.join(' ') }] }),
  };
}
