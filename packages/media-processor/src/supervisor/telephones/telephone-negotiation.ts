import { randomBytes, randomInt } from 'node:crypto';
import { maxSdpLength, type MediaDescription } from '@dialplane/calling-api';
import type { MediaDirection, MediaFailure, RtpLegRequest } from '@dialplane/media-api';
import { type AgreedCodec, type AgreedTrunk, describeSdpFault, mayReceive, maySend, sdesSuites, type TrunkAddress, TrunkNegotiation, type TrunkNegotiated } from '@dialplane/sdp';
import type { RtpTransportSettings, SectionCodec, SectionSettings } from '../../process-api/leg-settings.ts';
import { newCredentials } from '../conferences/leg-negotiation.ts';
import { masterKeyOf } from './sdes-master-key.ts';

export interface TelephoneSurroundings {
  /** SHA-256 over our certificate, 32 bytes. */
  readonly fingerprint: Uint8Array;
  /** Where we are told to be: an IP address, and the port of RTP. */
  readonly rtp: TrunkAddress;
}

export type TelephoneNegotiated =
  /** An offer of ours: the other side is to answer it. */
  | { readonly kind: 'offered'; readonly description: MediaDescription }
  | { readonly kind: 'agreed'; readonly transport: RtpTransportSettings; readonly sections: readonly SectionSettings[]; /** Ours, where theirs was an offer. */ readonly answer?: MediaDescription }
  | { readonly kind: 'refused'; readonly reason: MediaFailure; /** For people who look for the cause. */ readonly sentence: string };

/** Offer/answer of one RTP leg, either side offering; what comes of it for the packet thread. */
export class TelephoneNegotiation {
  private readonly trunk: TrunkNegotiation;
  private readonly ssrc = randomInt(1, 2 ** 32);
  private readonly firstDirection: MediaDirection;
  private revision = 0;

  constructor({ codecs, dtmf, srtp, packetMs, ice, keying = 'sdes', direction = 'sendrecv', continues }: RtpLegRequest, { fingerprint, rtp }: TelephoneSurroundings) {
    this.firstDirection = direction;
    this.trunk = new TrunkNegotiation({
      policy: { codecs, dtmf, srtp, ...(packetMs !== undefined && { packetMs }), ...(ice !== undefined && { ice }) }, keying, fingerprint, rtp,
      ...(continues !== undefined && { continues }),
      sessionId: (randomBytes(8).readBigUInt64BE() >> 2n).toString(),
      drawIce: newCredentials,
      drawKey: (suite) => randomBytes(sdesSuites[suite].keyBytes + sdesSuites[suite].saltBytes).toString('base64'),
    });
  }

  offer(direction = this.firstDirection): TelephoneNegotiated {
    return { kind: 'offered', description: this.describe('offer', this.trunk.offer(direction)) };
  }

  /** Answers an offer, or takes an answer to ours; what is refused leaves everything as it was. */
  handle({ type, sdp, revision }: MediaDescription): TelephoneNegotiated {
    if (sdp.length > maxSdpLength) return { kind: 'refused', reason: 'DESCRIPTION_INVALID', sentence: `A description of ${sdp.length} characters is longer than any that is needed.` };
    const negotiated = type === 'offer' ? this.trunk.takeOffer(sdp) : this.trunk.takeAnswer(sdp);
    if ('ok' in negotiated) return { kind: 'refused', reason: 'DESCRIPTION_INVALID', sentence: describeSdpFault(negotiated) };
    if (negotiated.kind === 'disagreed') return { kind: 'refused', reason: reasonOf(negotiated), sentence: negotiated.sentence };
    const { trunk, answer } = negotiated;
    return {
      kind: 'agreed', transport: transportSettings(trunk), sections: this.sectionsOf(trunk),
      ...(answer !== undefined && { answer: this.describe('answer', answer, revision) }),
    };
  }

  private describe(type: MediaDescription['type'], sdp: string, answers?: number): MediaDescription {
    this.revision += 1;
    return { type, sdp, revision: this.revision, streams: [], ...(answers !== undefined && { answers }) };
  }

  /** One section for each way, because each has payload types of its own. */
  private sectionsOf({ direction, receive, send, packetMs }: AgreedTrunk): readonly SectionSettings[] {
    const sections: SectionSettings[] = [];
    if (mayReceive(direction)) sections.push({ ...section, codecs: receive.map(sectionCodec), receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] } });
    if (maySend(direction)) sections.push({ ...section, codecs: send.map(sectionCodec), send: { ssrc: this.ssrc, packetMs } });
    return sections;
  }
}

const section = { mid: '0', kind: 'audio', extensions: { mid: 0, rid: 0, repairedRid: 0, audioLevel: 0, absoluteSendTime: 0, transportSequence: 0 } } as const;

function sectionCodec({ name, payloadType, clockRate, channels, parameters }: AgreedCodec): SectionCodec {
  return { name, payloadType, clockRate, channels, parameters, nack: false };
}

function transportSettings({ remote, security, ice }: AgreedTrunk): RtpTransportSettings {
  return {
    kind: 'rtp',
    remote: remote.rtp,
    remoteRtcp: remote.rtcp,
    ...(ice !== undefined && { ice: ice.local }),
    security: security.kind === 'sdes' ? { kind: 'sdes', inbound: masterKeyOf(security.remote), outbound: masterKeyOf(security.local) }
      : security.kind === 'dtls' ? { kind: 'dtls', role: security.role, remoteFingerprint: security.fingerprint } : security,
  };
}

function reasonOf({ reason }: Extract<TrunkNegotiated, { readonly kind: 'disagreed' }>): MediaFailure {
  return reason === 'noSound' ? 'DESCRIPTION_INVALID' : 'NO_COMMON_CODEC';
}
